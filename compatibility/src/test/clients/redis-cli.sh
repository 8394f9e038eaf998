# redis-cli as it is, one process per command
call() { redis-cli -p "$@"; }
cell() { printf '%s\t%s\n' "$1" "$(tr '\n' '|' | sed 's/|$//')"; }

call "$MOA_PORT" GET "$MOA_CALL" | cell get
printf 'GET %s\n%.0s' "'$MOA_CALL'" 1 "'$MOA_CALL'" 2 "'$MOA_CALL'" 3 | call "$MOA_PORT" | cell pipeline
call "$MOA_PORT" MGET "$MOA_CALL" "$MOA_CALL" | cell mget
printf 'MULTI\nGET %s\nGET %s\nEXEC\n' "'$MOA_CALL'" "'$MOA_CALL'" | call "$MOA_PORT" | grep code | cell multi
call "$MOA_PORT" -2 GET "$MOA_CALL" | cell resp2
call "$MOA_PORT" -3 GET "$MOA_CALL" | cell resp3
call "$MOA_GUARDED_PORT" --no-auth-warning -a "$MOA_TOKEN" -n 2 GET "$MOA_CALL" | cell auth
call "$MOA_GUARDED_PORT" --no-auth-warning -a wrong GET "$MOA_CALL" 2>&1 | cell wrong

echo ready restart
failed=0 restart="the second instance never answered"
for _ in $(seq 1 400); do
    case "$(call "$MOA_RESTARTED_PORT" GET "$MOA_WHO" 2>&1)" in
        *second*) restart=$failed && break ;;
        *first*) sleep 0.02 ;;
        *) failed=$((failed + 1)); sleep 0.02 ;;
    esac
done
printf 'restart\t%s\n' "$restart"
