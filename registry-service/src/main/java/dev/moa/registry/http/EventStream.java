package dev.moa.registry.http;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.watch.Outlet;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;

/**
 * An answer that stays open, as server-sent events. A thousand of these hear of a hundred changes a second, so they are
 * written straight to the connection.
 */
final class EventStream implements Outlet {
    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final long BEGIN_LIMIT_S = 10;

    /** An answer under way. */
    private record Answer(AsyncContext context, ServletOutputStream out) {}

    private final CompletableFuture<Answer> begun = new CompletableFuture<>();

    /** Answers the request; whoever sends before that waits. Where it throws, nothing stays open, and nobody waits. */
    void begin(HttpServletRequest request, HttpServletResponse response, Runnable end) throws IOException {
        try {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.flushBuffer();
            ServletOutputStream out = response.getOutputStream();
            AsyncContext context = request.startAsync();
            context.setTimeout(0);
            context.addListener(new Ending(end));
            begun.complete(new Answer(context, out));
        } catch (IOException | RuntimeException gone) {
            begun.completeExceptionally(gone);
            end.run();
            throw gone;
        }
    }

    @Override
    public void sendChange(ServiceName service, String json) throws IOException {
        write("event:change\ndata:" + json + "\n\n");
    }

    @Override
    public void sendCut(String json) throws IOException {
        write("event:cut\ndata:" + json + "\n\n");
    }

    @Override
    public void sendToken(String token) throws IOException {
        write("id:" + token + "\nevent:token\ndata:" + token + "\n\n");
    }

    @Override
    public void sendHeartbeat() throws IOException {
        write(":still here\n\n");
    }

    @Override
    public void flush() throws IOException {
        out().flush();
    }

    @Override
    public void close() {
        begun.thenAccept(answer -> {
            try {
                answer.context().complete();
            } catch (IllegalStateException over) {
                log.debug("The connection of a watch was over already: {}", over.getMessage());
            }
        });
    }

    private void write(String text) throws IOException {
        out().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private ServletOutputStream out() throws IOException {
        try {
            return begun.get(BEGIN_LIMIT_S, TimeUnit.SECONDS).out();
        } catch (ExecutionException | TimeoutException never) {
            throw new IOException("the answer was not begun", never);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IOException("stopping", stopping);
        }
    }

    private record Ending(Runnable end) implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            end.run();
        }

        @Override
        public void onError(AsyncEvent event) {
            end.run();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            end.run();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // the same answer, begun again: never
        }
    }
}
