package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** {@code CLIENT …}: what a connection says of itself, and who else is there. */
final class RespClients {

    static final String BAD_NAME = "ERR Client names cannot contain spaces, newlines or special characters.";
    private static final Set<String> ENDPOINT_TYPES =
            Set.of("INTERNAL-IP", "INTERNAL-FQDN", "EXTERNAL-IP", "EXTERNAL-FQDN", "NONE");

    private final PeerBook peers;

    RespClients(PeerBook peers) {
        this.peers = peers;
    }

    void run(RespConnection connection, RespWords words, ByteBuf out) {
        Peer peer = connection.peer();
        switch (words.option(1)) {
            case "SETNAME" -> setName(peer, words, out);
            case "GETNAME" -> {
                if (peer.name().isEmpty()) {
                    RespWriter.nothing(out, connection.version());
                } else {
                    RespWriter.bulk(out, peer.name());
                }
            }
            case "SETINFO" -> setInfo(peer, words, out);
            case "NO-EVICT", "NO-TOUCH", "CAPA" -> RespWriter.simple(out, "OK");
            case "REPLY" -> reply(words, out);
            case "ID" -> RespWriter.integer(out, peer.id());
            case "INFO" -> RespWriter.bulk(out, line(peer));
            case "LIST" -> list(peer, out);
            case "KILL" -> kill(peer, words, out);
            case "MAINT_NOTIFICATIONS" -> maintenance(connection, words, out);
            default -> RespWriter.error(out, RespCommands.unknownSubcommand(words));
        }
    }

    private static void setName(Peer peer, RespWords words, ByteBuf out) {
        if (words.size() != 3) {
            RespWriter.error(out, RespCommands.wrongNumber("CLIENT|SETNAME"));
        } else if (!isClientName(words.text(2))) {
            RespWriter.error(out, BAD_NAME);
        } else {
            peer.name(words.text(2));
            RespWriter.simple(out, "OK");
        }
    }

    private static void setInfo(Peer peer, RespWords words, ByteBuf out) {
        if (words.size() != 4) {
            RespWriter.error(out, RespCommands.wrongNumber("CLIENT|SETINFO"));
            return;
        }
        String value = words.text(3);
        if (!isClientName(value)) {
            RespWriter.error(
                    out, "ERR " + words.text(2, 16) + " cannot contain spaces, newlines or special characters.");
            return;
        }
        switch (words.option(2)) {
            case "LIB-NAME" -> {
                peer.library(value, peer.libraryVersion());
                RespWriter.simple(out, "OK");
            }
            case "LIB-VER" -> {
                peer.library(peer.libraryName(), value);
                RespWriter.simple(out, "OK");
            }
            default -> RespWriter.error(out, "ERR Unrecognized option '" + words.text(2, 64) + "'");
        }
    }

    private static void reply(RespWords words, ByteBuf out) {
        if (words.option(2).equals("ON")) {
            RespWriter.simple(out, "OK");
        } else {
            RespWriter.error(out, "ERR every command is answered here (expected: CLIENT REPLY ON)");
        }
    }

    private static void maintenance(RespConnection connection, RespWords words, ByteBuf out) {
        String onOff = words.option(2);
        boolean isOn = onOff.equals("ON");
        boolean hasType = words.size() == 5 && words.option(3).equals("MOVING-ENDPOINT-TYPE");
        if (!isOn && !onOff.equals("OFF")) {
            RespWriter.error(out, "ERR CLIENT MAINT_NOTIFICATIONS '" + onOff + "' (expected: ON or OFF)");
        } else if (words.size() != 3 && !(isOn && hasType)) {
            RespWriter.error(
                    out, "ERR syntax error (expected: CLIENT MAINT_NOTIFICATIONS ON [moving-endpoint-type type])");
        } else if (hasType && !ENDPOINT_TYPES.contains(words.option(4))) {
            RespWriter.error(
                    out,
                    "ERR moving-endpoint-type '" + words.text(4, 32)
                            + "' (expected: internal-ip, internal-fqdn, external-ip, external-fqdn or none)");
        } else if (isOn && connection.version() != RespVersion.RESP3) {
            RespWriter.error(out, "ERR CLIENT MAINT_NOTIFICATIONS needs RESP3 (send HELLO 3 first)");
        } else {
            boolean named = !hasType || !words.option(4).equals("NONE");
            connection.moveNotice(
                    !isOn
                            ? RespConnection.MoveNotice.NONE
                            : named ? RespConnection.MoveNotice.ADDRESS : RespConnection.MoveNotice.NO_ADDRESS);
            RespWriter.simple(out, "OK");
        }
    }

    private void list(Peer peer, ByteBuf out) {
        StringBuilder lines = new StringBuilder();
        if (peer.isOperator()) {
            peers.all().forEach(each -> lines.append(line(each)));
        } else {
            lines.append(line(peer));
        }
        RespWriter.bulk(out, lines.toString());
    }

    /** {@code CLIENT KILL host:port}, or filters {@code ID n} and {@code ADDR host:port}, {@code SKIPME yes|no}. */
    private void kill(Peer peer, RespWords words, ByteBuf out) {
        if (!peer.isOperator()) {
            RespWriter.error(out, "NOPERM CLIENT KILL needs a token with the role operator");
            return;
        }
        if (words.size() == 3) {
            String address = words.text(2);
            List<Peer> found = peers.all().stream()
                    .filter(each -> each.addressText().equals(address))
                    .toList();
            if (found.isEmpty()) {
                RespWriter.error(out, "ERR No such client");
            } else {
                RespWriter.simple(out, "OK");
                found.forEach(RespClients::end);
            }
            return;
        }
        Predicate<Peer> wanted = each -> true;
        boolean skipsMe = true;
        for (int i = 2; i < words.size(); i += 2) {
            String value = i + 1 < words.size() ? words.text(i + 1, 64) : "";
            switch (words.option(i)) {
                case "ID" ->
                    wanted = wanted.and(each -> Long.toString(each.id()).equals(value));
                case "ADDR" -> wanted = wanted.and(each -> each.addressText().equals(value));
                case "SKIPME" -> skipsMe = !value.equalsIgnoreCase("no");
                default -> {
                    RespWriter.error(out, "ERR syntax error (expected: CLIENT KILL ID n, or ADDR host:port)");
                    return;
                }
            }
        }
        boolean sparesOwn = skipsMe;
        List<Peer> found = peers.all().stream()
                .filter(wanted)
                .filter(each -> each != peer || !sparesOwn)
                .toList();
        if (words.size() < 4) {
            RespWriter.error(out, "ERR syntax error (expected: CLIENT KILL ID n, or ADDR host:port)");
            return;
        }
        RespWriter.integer(out, found.size());
        found.forEach(RespClients::end);
    }

    /** A turn later, so that a reply to the one that is ended leaves before. */
    private static void end(Peer each) {
        each.loop().execute(() -> each.channel().close());
    }

    private static String line(Peer peer) {
        long now = System.nanoTime();
        Caller caller = peer.caller();
        long input = peer.inputBytes();
        long output = peer.outboundBytes();
        return ("id=%d addr=%s laddr=%s name=%s age=%d idle=%d flags=%s db=0 multi=%d qbuf=%d omem=%d tot-mem=%d"
                        + " events=%s cmd=%s user=%s redir=-1 resp=%d lib-name=%s lib-ver=%s protocol=%s\n")
                .formatted(
                        peer.id(),
                        peer.addressText(),
                        peer.localAddressText(),
                        peer.name(),
                        peer.ageSeconds(now),
                        peer.idleSeconds(now),
                        peer.isBusy() ? "b" : peer.queued() >= 0 ? "x" : "N",
                        peer.queued(),
                        input,
                        output,
                        input + output,
                        output > 0 ? "rw" : "r",
                        peer.command(),
                        caller == null ? "default" : caller.name(),
                        peer.respVersion(),
                        peer.libraryName(),
                        peer.libraryVersion(),
                        peer.protocol());
    }

    static boolean isClientName(String name) {
        return name.length() <= RespWords.MAX_NAME_LENGTH && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
