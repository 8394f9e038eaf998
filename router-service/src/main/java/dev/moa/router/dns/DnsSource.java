package dev.moa.router.dns;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.address.Stamp;
import io.netty.buffer.ByteBuf;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers: SRV records give hosts and ports; where there are none, addresses with a port from the
 * settings. For services outside moa, and for a last word when the registry is gone.
 *
 * <p>The resolver keeps answers for their time to live, at most five seconds. An answer that is not the last one of its
 * service is told, a service's at most once a second: whoever asks wakes those who wait.
 */
public final class DnsSource implements AddressSource, AutoCloseable {
    private static final int MAX_QUESTIONS = 64;
    private static final int MAX_TTL_SECONDS = 5;
    private static final int MAX_INSTANCES = 1_000;

    private static final int MAX_REMEMBERED = 10_000;
    private static final long TELL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final DnsProperties settings;
    private final Map<ServiceName, Said> said = new ConcurrentHashMap<>();
    private final List<Consumer<ServiceName>> listeners = new CopyOnWriteArrayList<>();
    private final Semaphore questions = new Semaphore(MAX_QUESTIONS);
    private @Nullable MultiThreadIoEventLoopGroup loop;
    private @Nullable DnsNameResolver resolver;
    private boolean closed;

    public DnsSource(DnsProperties settings) {
        this.settings = settings;
    }

    private record Target(String host, int port) {}

    /** The last answer for a service; null where it was unknown. */
    private record Said(@Nullable Stamp stamp, long sinceNanos) {}

    @Override
    public String name() {
        return "dns";
    }

    @Override
    public String description() {
        return settings.servers().isEmpty()
                ? "name servers; none is configured (moa.router.dns.servers)"
                : "name servers " + settings.servers() + ", names under " + settings.domain();
    }

    @Override
    public boolean isImmediate() {
        return settings.servers().isEmpty();
    }

    @Override
    public Finding find(ServiceName service, Deadline deadline) {
        if (settings.servers().isEmpty()) {
            return new Finding.Passed("not configured (moa.router.dns.servers)");
        }
        if (!questions.tryAcquire()) {
            return new Finding.Failed("busy: %d questions at once is the limit".formatted(MAX_QUESTIONS));
        }
        try {
            Finding finding = ask(service, deadline);
            compare(service, finding);
            return finding;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Finding.Failed("interrupted");
        } catch (RuntimeException e) {
            return new Finding.Failed("cannot be asked: " + e.getMessage());
        } finally {
            questions.release();
        }
    }

    @Override
    public void onChange(Consumer<ServiceName> listener) {
        listeners.add(listener);
    }

    private void compare(ServiceName service, Finding finding) {
        Stamp stamp =
                finding instanceof Finding.Answered answered ? answered.view().stamp() : null;
        Said before = said.get(service);
        if (finding instanceof Finding.Failed || (before == null && stamp == null)) {
            return;
        }
        long now = System.nanoTime();
        if (before == null) {
            remember(service, new Said(stamp, now));
        } else if (!Objects.equals(before.stamp, stamp) && now - before.sinceNanos >= TELL_AGAIN_NANOS) {
            // within a second: name servers that answer otherwise each time; a later answer tells it
            remember(service, new Said(stamp, now));
            listeners.forEach(listener -> listener.accept(service));
        }
    }

    private void remember(ServiceName service, Said answer) {
        if (said.size() >= MAX_REMEMBERED) {
            said.clear();
        }
        said.put(service, answer);
    }

    /** Returns the name that is asked for: the segments reversed, under the domain. */
    static String dnsName(ServiceName service, String domain) {
        List<String> labels =
                new ArrayList<>(List.of(service.value().substring(1).split("/")));
        Collections.reverse(labels);
        return String.join(".", labels) + "." + domain.replaceAll("^\\.+|\\.+$", "") + ".";
    }

    private Finding ask(ServiceName service, Deadline deadline) throws InterruptedException {
        String name = dnsName(service, settings.domain());
        DnsNameResolver dns = resolver();
        Future<List<DnsRecord>> records = dns.resolveAll(new DefaultDnsQuestion(name, DnsRecordType.SRV));
        String unanswered = await(records, deadline);
        List<Target> targets = new ArrayList<>();
        if (records.isSuccess()) {
            String malformed = readTargets(records.getNow(), targets);
            if (malformed != null && targets.isEmpty()) {
                return new Finding.Failed(malformed);
            }
        } else if (unanswered != null) {
            return new Finding.Failed(unanswered);
        }
        if (targets.isEmpty() && settings.port() > 0) {
            targets.add(new Target(name, settings.port()));
        }
        return resolve(service, name, dns, targets, deadline);
    }

    private Finding resolve(
            ServiceName service, String name, DnsNameResolver dns, List<Target> targets, Deadline deadline)
            throws InterruptedException {
        List<Future<List<InetAddress>>> answers =
                targets.stream().map(target -> dns.resolveAll(target.host)).toList();
        List<Instance> instances = new ArrayList<>();
        String failure = null;
        for (int i = 0; i < targets.size(); i++) {
            String unanswered = await(answers.get(i), deadline);
            if (answers.get(i).isSuccess()) {
                for (InetAddress address : answers.get(i).getNow()) {
                    instances.add(Instance.unregistered(address.getHostAddress(), targets.get(i).port));
                }
            } else if (unanswered != null) {
                failure = unanswered;
            }
        }
        if (!instances.isEmpty()) {
            return new Finding.Answered(ServiceView.marked(ServiceState.of(service, "dns", 0, instances)), 0);
        }
        return failure == null ? new Finding.Unknown("name servers do not know " + name) : new Finding.Failed(failure);
    }

    /** Takes the targets of SRV records, and releases all; returns what is wrong with one that names none, or null. */
    private static @Nullable String readTargets(List<DnsRecord> records, List<Target> targets) {
        String malformed = null;
        for (DnsRecord srv : records) {
            try {
                Target target = target(srv);
                if (target != null && targets.size() < MAX_INSTANCES) {
                    targets.add(target);
                }
            } catch (RuntimeException e) {
                malformed = "a malformed SRV record: " + e.getMessage();
            } finally {
                ReferenceCountUtil.release(srv);
            }
        }
        return malformed;
    }

    /** Waits; returns why there is no answer, or null if there is one or the name does not exist. */
    private static @Nullable String await(Future<?> answer, Deadline deadline) throws InterruptedException {
        if (!answer.await(Math.max(0, deadline.remainingMillis()), TimeUnit.MILLISECONDS)) {
            answer.cancel(false);
            return "no answer within the lookup's deadline";
        }
        Throwable cause = answer.cause();
        if (cause == null || isNoSuchName(cause)) {
            return null;
        }
        return String.valueOf(cause.getMessage());
    }

    private static boolean isNoSuchName(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DnsErrorCauseException) {
                return true;
            }
            if (cause instanceof UnknownHostException && cause.getCause() == null) {
                String message = String.valueOf(cause.getMessage());
                return !message.contains("timed out") && !message.contains("unreachable");
            }
        }
        return false;
    }

    /** Reads an SRV record (RFC 2782): priority, weight, port, target. */
    private static @Nullable Target target(DnsRecord srv) {
        if (!(srv instanceof DnsRawRecord raw) || !srv.type().equals(DnsRecordType.SRV)) {
            return null;
        }
        ByteBuf content = raw.content();
        if (content.readableBytes() < 7) {
            return null;
        }
        int at = content.readerIndex();
        int port = content.getUnsignedShort(at + 4);
        String host = DefaultDnsRecordDecoder.decodeName(content.duplicate().readerIndex(at + 6));
        return port == 0 ? null : new Target(host, port);
    }

    private synchronized DnsNameResolver resolver() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        DnsNameResolver made = resolver;
        if (made == null) {
            loop = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("router-dns", true), NioIoHandler.newFactory());
            made = new DnsNameResolverBuilder(loop.next())
                    .datagramChannelType(NioDatagramChannel.class)
                    .socketChannelType(NioSocketChannel.class)
                    .nameServerProvider(new SequentialDnsServerAddressStreamProvider(
                            settings.servers().stream().map(DnsSource::address).toArray(InetSocketAddress[]::new)))
                    .queryTimeoutMillis(settings.timeout().toMillis())
                    .ttl(0, MAX_TTL_SECONDS)
                    .negativeTtl(1)
                    .build();
            resolver = made;
        }
        return made;
    }

    private static InetSocketAddress address(String server) {
        int colon = server.lastIndexOf(':');
        return colon < 0
                ? new InetSocketAddress(server, 53)
                : new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (resolver != null) {
            resolver.close();
        }
        if (loop != null) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
