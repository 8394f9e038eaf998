package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.stats.Statistics;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What one call makes the server allocate, counted and not timed: on a machine of any speed a change that makes the
 * hot path waste memory is seen here. {@code ./moa bench dispatch} tells what it costs.
 */
class AllocationIT {

    private static final String REQUEST =
            "{\"service\":\"/service/greeter\",\"method\":\"hello\",\"args\":[\"world\"]}";
    private static final String REPLY = "{\"code\":0,\"result\":\"hello world\"}";
    private static final int PIPELINE = 64;

    private final MoaServer server = MoaServer.builder()
            .statistics(Statistics.create())
            .publish(ServiceName.of("/service/greeter"), Greeter.class, new QuietGreeter())
            .build()
            .start();

    /** Keeps nothing of a call. */
    private static final class QuietGreeter extends PoliteGreeter {
        QuietGreeter() {
            super("quiet");
        }

        @Override
        public String hello(String to) {
            return "hello " + to;
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void callOverRespAllocatesLittle() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            call(socket, 20_000);
            long before = allocatedByEventLoops();

            call(socket, 20_000);

            // 620 when it was written: the request's bytes 88, the objects of the call, the argument and the result
            assertThat((allocatedByEventLoops() - before) / 20_000)
                    .as("bytes per call")
                    .isLessThan(950);
        }
    }

    private static void call(Socket socket, int calls) throws IOException {
        byte[] requests = "*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n"
                .formatted(REQUEST.length(), REQUEST)
                .repeat(PIPELINE)
                .getBytes(StandardCharsets.US_ASCII);
        byte[] expected = "$%d\r\n%s\r\n"
                .formatted(REPLY.length(), REPLY)
                .repeat(PIPELINE)
                .getBytes(StandardCharsets.US_ASCII);
        byte[] replies = new byte[expected.length];
        OutputStream out = socket.getOutputStream();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        for (int i = 0; i < calls; i += PIPELINE) {
            out.write(requests);
            in.readFully(replies);
            assertThat(replies).isEqualTo(expected);
        }
    }

    private static long allocatedByEventLoops() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("moa-io-"))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }
}
