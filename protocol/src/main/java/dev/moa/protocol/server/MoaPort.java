package dev.moa.protocol.server;

import dev.moa.protocol.CallHandler;
import io.netty.handler.ssl.SslContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One TCP port that serves calls over RESP, moa frames and HTTP/1.1, told apart by the first byte. */
public final class MoaPort implements AutoCloseable {

    private MoaPort() {}

    public static Builder builder(CallHandler handler) {
        return new Builder(handler);
    }

    public MoaPort start() {
        throw new UnsupportedOperationException("not there yet");
    }

    public int port() {
        return 0;
    }

    public int connections() {
        return 0;
    }

    public int inFlight() {
        return 0;
    }

    public void goAway() {}

    public CompletableFuture<Void> drained() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}

    /** Settings of a port. */
    public static final class Builder {
        private final CallHandler handler;
        private String host = "127.0.0.1";
        private int port = 6390;
        private String name = "moa";
        private Authenticator authenticator = Authenticator.none();
        private PortLimits limits = PortLimits.defaults();
        private @Nullable SslContext ssl;

        Builder(CallHandler handler) {
            this.handler = handler;
        }

        public Builder host(String newHost) {
            host = newHost;
            return this;
        }

        public Builder port(int newPort) {
            port = newPort;
            return this;
        }

        public Builder name(String newName) {
            name = newName;
            return this;
        }

        public Builder authenticator(Authenticator newAuthenticator) {
            authenticator = newAuthenticator;
            return this;
        }

        public Builder limits(PortLimits newLimits) {
            limits = newLimits;
            return this;
        }

        public Builder ssl(@Nullable SslContext newSsl) {
            ssl = newSsl;
            return this;
        }

        public MoaPort build() {
            return new MoaPort();
        }
    }
}
