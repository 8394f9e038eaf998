package dev.moa.compatibility.rolling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real HAProxy with one front whose servers the router tells it of, and one whose servers it asks the router for. */
final class HaproxyProcess implements AutoCloseable {

    static final String PROGRAM = "/usr/sbin/haproxy";
    /** What the router's settings call the backend. */
    static final String BACKEND = "helloworld";

    private final Process process;

    /** @param dns the port of the router's name server */
    HaproxyProcess(Path directory, int admin, int dns, int pushed, int asked) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("haproxy.cfg");
        // as docs/discovery.md has it, but for instances that serve on for 1 s only: who has left goes at once
        Files.writeString(file, """
            global
                stats socket ipv4@127.0.0.1:%1$d level admin
            defaults
                mode tcp
                timeout connect 1s
                timeout client 1m
                timeout server 1m
                retries 3
                option redispatch 1
            resolvers moa
                nameserver router tcp@127.0.0.1:%2$d
                accepted_payload_size 65535
                timeout resolve 100ms
                timeout retry 1s
                hold valid 100ms
                hold obsolete 0s
                hold timeout 1d
                hold refused 1d
                hold nx 1d
                hold other 1d
            frontend pushed
                bind 127.0.0.1:%3$d
                default_backend %5$s
            backend %5$s
                balance leastconn
            frontend asked
                bind 127.0.0.1:%4$d
                default_backend by-dns
            backend by-dns
                balance leastconn
                server-template user 10 _resp._tcp.helloworld.service.moa resolvers moa init-addr none
            """.formatted(admin, dns, pushed, asked, BACKEND));
        process = new ProcessBuilder(List.of(PROGRAM, "-db", "-f", file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("haproxy.log").toFile())
                .start();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
