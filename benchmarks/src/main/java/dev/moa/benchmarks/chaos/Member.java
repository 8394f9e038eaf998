package dev.moa.benchmarks.chaos;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.registry.InstanceSpec;
import dev.moa.sdk.registry.RegistryClient;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a process is to registry and prober, without one: the SDK's registration with held renewals, and a port per
 * service that answers {@code PING}. It reaches the registries by links of its own, so that it can be killed (its port
 * closes, its connections break, it says nothing more) and cut off.
 */
final class Member {
    private final List<Ledger.Life> lives = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final RegistryClient client;

    Member(EventLoopGroup loops, List<Lab.App> registries, List<ServiceName> services, int heldAt)
            throws InterruptedException {
        List<String> urls = new ArrayList<>();
        for (Lab.App registry : registries) {
            Link link = new Link(loops, registry::http);
            links.add(link);
            urls.add("http://127.0.0.1:" + link.port());
        }
        Link held = new Link(loops, registries.get(heldAt % registries.size())::moa);
        links.add(held);
        client = RegistryClient.builder(urls)
                .app("chaos")
                .moaAddress(new InetSocketAddress("127.0.0.1", held.port()))
                .ttl(Lab.TTL)
                .build();
        for (ServiceName service : services) {
            int port = listen(loops);
            lives.add(new Ledger.Life(service, port));
            client.register(
                    new InstanceSpec(service, "127.0.0.1", port, Set.of("resp"), 100, null, null, Map.of(), Map.of()));
        }
    }

    void start() {
        client.start();
    }

    List<Ledger.Life> lives() {
        return lives;
    }

    /** Writes down who has been registered since. */
    void look() {
        List<dev.moa.sdk.registry.RegistrationState> states = client.registrations();
        for (int i = 0; i < lives.size(); i++) {
            if (!lives.get(i).isBorn() && states.get(i).isRegistered()) {
                lives.get(i).born(System.nanoTime());
            }
        }
    }

    boolean isBorn() {
        return lives.stream().allMatch(Ledger.Life::isBorn);
    }

    void reach(Link.Mode mode) {
        links.forEach(link -> link.mode(mode));
    }

    /** As SIGKILL: from now on nothing is heard of it. Blocks for seconds to clean up behind it. */
    void kill() {
        lives.forEach(life -> life.ends("killed"));
        channels.close().awaitUninterruptibly(1_000);
        links.forEach(Link::close);
        client.close();
    }

    /** Leaves properly, if it can; blocks for seconds where it cannot. */
    void leave() {
        lives.forEach(life -> life.ends("left"));
        client.close();
        channels.close();
        links.forEach(Link::close);
    }

    /** Marks itself as draining. */
    void drain() {
        lives.forEach(life -> life.ends("drained"));
        client.drain();
    }

    private int listen(EventLoopGroup loops) throws InterruptedException {
        int port = Ports.next();
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channels.add(channel);
                        channel.pipeline().addLast(new Pong());
                    }
                })
                .bind("127.0.0.1", port)
                .sync()
                .channel();
        channels.add(server);
        return port;
    }

    private static final class Pong extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            context.writeAndFlush(Unpooled.copiedBuffer("+PONG\r\n", StandardCharsets.US_ASCII));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            context.close();
        }
    }
}
