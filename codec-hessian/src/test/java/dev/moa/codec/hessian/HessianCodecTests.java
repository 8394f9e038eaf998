package dev.moa.codec.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.codec.OpenTypeException;
import dev.moa.sdk.codec.OutsideTypeException;
import dev.moa.sdk.codec.ServiceBodies;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import dev.moa.sdk.lookup.StaticDirectory;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HessianCodecTests {

    /** With and without a body of its own. */
    public enum Colour {
        RED,
        GREEN {
            @Override
            boolean isLeaf() {
                return true;
            }
        };

        boolean isLeaf() {
            return false;
        }
    }

    /** A record. */
    public record Point(int x, long y) {}

    /** A class of the old kind. */
    public static class Account {
        String owner = "";

        @Nullable
        Account parent;

        transient String secret = "s3cret";
    }

    /** Everything that can travel. */
    public record Everything(
            boolean flag,
            byte[] bytes,
            short small,
            double exact,
            BigDecimal price,
            UUID id,
            Date date,
            Instant at,
            LocalDate day,
            Duration took,
            ZonedDateTime there,
            Colour colour,
            Set<Colour> colours,
            Map<Colour, List<Point>> points,
            @Nullable String nothing,
            int[] numbers,
            Point[] corners) {}

    /** Names all of it. */
    public interface Shop {
        Everything echo(Everything all, int times, @Nullable String note);

        Account open(Account account);

        List<Point> points(List<Point> points);

        void nothing();
    }

    private static final ServiceInterface SHOP = ServiceInterface.of(Shop.class);
    private static final ServiceBodies BODIES = new HessianCodec().derive(SHOP);

    private static ServiceMethod method(String name) {
        ServiceMethod method = SHOP.method(name);
        assertThat(method).isNotNull();
        return method;
    }

    private static Everything everything() {
        return new Everything(
                true,
                new byte[] {1, 2},
                (short) -3,
                Math.PI,
                new BigDecimal("12.3400"),
                UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"),
                new Date(1_790_000_000_000L),
                Instant.parse("2026-01-02T03:04:05.678901234Z"),
                LocalDate.of(2026, 2, 28),
                Duration.ofMillis(1_500),
                ZonedDateTime.parse("2026-01-02T03:04:05+01:00[Europe/Berlin]"),
                Colour.GREEN,
                Set.of(Colour.RED, Colour.GREEN),
                Map.of(Colour.RED, List.of(new Point(1, 2))),
                null,
                new int[] {3, 2, 1},
                new Point[] {new Point(7, 8)});
    }

    @Test
    void everyKindOfValueComesBackAsItWas() {
        @Nullable
        Object[] read = BODIES.readArguments(
                method("echo"), BODIES.writeArguments(method("echo"), new Object[] {everything(), 3, null}));

        assertThat(read).hasSize(3);
        assertThat(read[0]).usingRecursiveComparison().isEqualTo(everything());
        assertThat(read[1]).isEqualTo(3);
        assertThat(read[2]).isNull();
        assertThat(BODIES.readResult(method("echo"), BODIES.writeResult(method("echo"), everything())))
                .usingRecursiveComparison()
                .isEqualTo(everything());
        List<Point> points = Arrays.asList(new Point(1, 2), new Point(3, 4)).subList(0, 2);
        assertThat(BODIES.readResult(method("points"), BODIES.writeResult(method("points"), points)))
                .isEqualTo(points);
        assertThat(BODIES.readArguments(method("nothing"), BODIES.writeArguments(method("nothing"), null)))
                .isEmpty();
    }

    @Test
    void anObjectThatHoldsItselfComesBackSo() {
        Account account = new Account();
        account.owner = "ada";
        account.parent = account;

        Account read = (Account) BODIES.readResult(method("open"), BODIES.writeResult(method("open"), account));

        assertThat(read).isNotNull();
        assertThat(read.parent).isSameAs(read);
        assertThat(read.owner).isEqualTo("ada");
    }

    @Test
    void aClassThatTheInterfaceDoesNotNameIsRefusedByName() {
        class Spy extends Account {
            String tap = "";
        }
        Account account = new Account();
        account.parent = new Spy();

        for (Object argument : List.of(new Spy(), account)) {
            assertThatThrownBy(() -> BODIES.writeArguments(method("open"), new Object[] {argument}))
                    .isInstanceOf(OutsideTypeException.class)
                    .hasMessageContaining(Spy.class.getName());
        }
    }

    interface ByObject {
        void put(Object anything);
    }

    interface ByOptional {
        Optional<String> get();
    }

    interface ByKey {
        Set<List<String>> all();
    }

    interface ByFloat {
        List<Float> all();
    }

    @Test
    void whatHessianWouldNotGiveBackIsNamed() {
        for (Class<?> open : List.of(ByObject.class, ByOptional.class, ByKey.class, ByFloat.class)) {
            assertThatThrownBy(() -> new HessianCodec().derive(ServiceInterface.of(open)))
                    .isInstanceOf(OpenTypeException.class)
                    .hasMessageContaining(open.getName());
        }
    }

    @Test
    void twoEndsThatSetItSpeakIt() {
        ServiceName name = ServiceName.of("/service/shop");
        Shop shop = new Shop() {
            @Override
            public Everything echo(Everything all, int times, @Nullable String note) {
                return all;
            }

            @Override
            public Account open(Account account) {
                return account;
            }

            @Override
            public List<Point> points(List<Point> points) {
                return points;
            }

            @Override
            public void nothing() {}
        };
        List<Payload.Format> asked = new CopyOnWriteArrayList<>();
        try (MoaServer server = MoaServer.builder()
                        .codecs(List.of(new HessianCodec()))
                        .publish(name, Shop.class, shop)
                        .build()
                        .start();
                MoaClient client = MoaClient.builder()
                        .codec(new HessianCodec())
                        .directory(directory(name, server.port()))
                        .interceptor((request, deadline, next) -> {
                            asked.add(request.args().format());
                            return next.proceed(request, deadline);
                        })
                        .build()) {
            Shop proxy = client.proxy(name, Shop.class);

            proxy.points(List.of());
            assertThat(proxy.echo(everything(), 1, null))
                    .usingRecursiveComparison()
                    .isEqualTo(everything());

            assertThat(asked).containsExactly(Payload.Format.JSON, Payload.Format.HESSIAN);
        }
    }

    private static StaticDirectory directory(ServiceName name, int port) {
        StaticDirectory directory = new StaticDirectory();
        directory.put(name, "127.0.0.1", port);
        return directory;
    }
}
