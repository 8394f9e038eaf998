package dev.moa.dev.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks the system which ports are free and who holds the others. */
public final class Ports {
    private Ports() {}

    /** Whether a server could listen on this port of the loopback address now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
        } catch (IOException taken) {
            return false;
        }
        // a server on all addresses (IPv6 too) does not always stop the bind above
        return holderInode(port).isEmpty();
    }

    /** The process that listens on this port, for people: {@code pid 4711 (redis-server *:16379)}; Linux only. */
    public static Optional<String> holder(int port) {
        Set<String> links = new HashSet<>();
        holderInode(port).forEach(inode -> links.add("socket:[" + inode + "]"));
        if (links.isEmpty()) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holdsAny(process.resolve("fd"), links)) {
                    return Optional.of("pid %s (%s)".formatted(process.getFileName(), command(process)));
                }
            }
        } catch (IOException unreadable) {
            // not Linux
        }
        return Optional.empty();
    }

    private static boolean holdsAny(Path descriptors, Set<String> links) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : all) {
                if (links.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException | SecurityException otherUser) {
            // a process of another user, or gone
        }
        return false;
    }

    private static String command(Path process) {
        try {
            String line = Files.readString(process.resolve("cmdline"))
                    .replace('\0', ' ')
                    .strip();
            return line.length() <= 100 ? line : line.substring(0, 97) + "...";
        } catch (IOException gone) {
            return "?";
        }
    }

    private static Set<String> holderInode(int port) {
        String suffix = ":%04X".formatted(port);
        Set<String> inodes = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            Path path = Path.of(table);
            if (!Files.isReadable(path)) {
                continue;
            }
            try {
                for (String line : Files.readAllLines(path)) {
                    String[] fields = line.strip().split("\\s+");
                    // local address, remote address, state (0A = LISTEN), …, inode
                    if (fields.length > 9 && fields[3].equals("0A") && fields[1].endsWith(suffix)) {
                        inodes.add(fields[9]);
                    }
                }
            } catch (IOException unreadable) {
                // not Linux
            }
        }
        return inodes;
    }
}
