package dev.moa.dev.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class PortsTests {
    @Test
    void aPortWithAListenerIsTakenAndItsHolderIsNamed() throws IOException {
        Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/net/tcp")), "needs Linux (/proc/net/tcp)");
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();

            assertThat(Ports.isFree(port)).isFalse();
            assertThat(Ports.holder(port).orElseThrow())
                    .startsWith("pid " + ProcessHandle.current().pid() + " (");
        }

        assertThat(Ports.isFree(port)).isTrue();
    }
}
