package dev.moa.gateway;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServer;

/**
 * Begins every request in a turn of its own on its connection's event loop, never within the one that takes it from the
 * connection.
 *
 * <p>Reactor Netty 1.3.6 to 1.3.8 (its issue 4361) puts a request aside that comes before the end of the response before
 * it, as it does when a client has all bytes of a proxied answer and sends the next request at once. One that is then
 * answered in the turn that takes it up again, such as a refused one, leaves the connection without anybody who reads it:
 * whatever is sent next is not answered, nor is the connection ever closed for idleness. This may go once a release has
 * the mending; {@code KeptConnectionIT} tells.
 */
final class NextTurn implements NettyServerCustomizer {

    @Override
    public HttpServer apply(HttpServer server) {
        return server.mapHandle(NextTurn::later);
    }

    private static Mono<Void> later(Mono<Void> work, Connection connection) {
        return work.subscribeOn(Schedulers.fromExecutor(connection.channel().eventLoop()));
    }
}
