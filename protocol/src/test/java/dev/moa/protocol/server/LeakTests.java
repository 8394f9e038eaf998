package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.protocol.io.IoThreads;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whatever a peer sends and wherever it stops, every buffer is released. */
class LeakTests {

    private static final List<String> INPUTS = List.of(
            "*2\r\n$3\r\nGET\r\n$32\r\n{\"service\":\"/s\",\"method\":\"hello\"}\r\n",
            "*2\r\n$3\r\nGET\r\n$32\r\n{\"service\":\"/s\",\"method\":\"never\"}\r\n*1\r\n$4\r\nPING\r\n",
            "*1\r\n$4\r\nQUIT\r\n*1\r\n$4\r\nPING\r\n",
            "*1\r\n$4\r\nPING\r\nnonsense",
            "POST /s/hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
            "POST /s/never HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "\u00cd\u0001\u0001\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\u00cd\u0001\u0006\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0",
            "\u00cd\u0001\u0002\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0",
            "\u0016\u0003\u0001\0\1",
            "?");

    @Test
    void everyBufferIsReleased() throws Exception {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        ListAppender<ILoggingEvent> leaks = new ListAppender<>();
        leaks.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        logger.addAppender(leaks);
        try (MoaPort port = MoaPort.builder(new HelloHandler()).port(0).build().start()) {
            Random random = new Random(3);
            for (int i = 0; i < 600; i++) {
                String input = INPUTS.get(i % INPUTS.size());
                send(port, input.substring(0, i < 100 ? input.length() : random.nextInt(input.length() + 1)));
            }
            callAndBreak(port);
            await().atMost(10, TimeUnit.SECONDS).until(() -> port.connections() == 0 && port.inFlight() == 0);
        }

        for (int i = 0; i < 5; i++) {
            System.gc();
            // leaks are reported when a later buffer is taken
            IoThreads.group()
                    .submit(() -> ByteBufAllocator.DEFAULT.buffer(64).release())
                    .get(1, TimeUnit.SECONDS);
        }

        logger.detachAppender(leaks);
        assertThat(leaks.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    private static void send(MoaPort port, String input) throws IOException {
        try (RawClient client = new RawClient(port.port())) {
            client.raw(input);
            if (input.startsWith("*1\r\n$4\r\nPING\r\n")) {
                client.reply();
            }
        }
    }

    private static void callAndBreak(MoaPort port) throws Exception {
        for (int i = 0; i < 20; i++) {
            MoaConnection connection = MoaConnection.open(
                            new InetSocketAddress("127.0.0.1", port.port()), ConnectionOptions.defaults())
                    .get(2, TimeUnit.SECONDS);
            for (int j = 0; j < 50; j++) {
                connection.call(
                        CallRequest.of(ServiceName.of("/s"), j % 2 == 0 ? "never" : "echo", Payload.json("[1]")),
                        Deadline.afterMillis(j % 3 == 0 ? 5 : 5_000));
            }
            connection.close();
        }
    }
}
