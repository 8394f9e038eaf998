# redis-benchmark as it is: it tells how fast, not what came back, and stops at the first error
cell() {
    name=$1; shift
    out=$(redis-benchmark -n 2000 -c 4 --csv "$@" 2>&1)
    case "$out" in
        *WRONGPASS*) out=WRONGPASS ;;
        *ERR*) ;;
        *'"rps"'*) out=ran ;;
    esac
    printf '%s\t%s\n' "$name" "$(printf '%s' "$out" | tr '\n' '|')"
}

cell get -p "$MOA_PORT" get "$MOA_CALL"
cell pipeline -p "$MOA_PORT" -P 16 get "$MOA_CALL"
cell mget -p "$MOA_PORT" mget "$MOA_CALL" "$MOA_CALL"
cell resp3 -p "$MOA_PORT" -3 get "$MOA_CALL"
cell auth -p "$MOA_GUARDED_PORT" -a "$MOA_TOKEN" --dbnum 2 get "$MOA_CALL"
cell wrong -p "$MOA_GUARDED_PORT" -a wrong get "$MOA_CALL"
