package dev.moa.sdk.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CborCodecTests {

    enum Colour {
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

    record Point(int x, long y) {}

    record Everything(
            boolean flag,
            byte[] bytes,
            char letter,
            short small,
            float ratio,
            double exact,
            BigDecimal price,
            BigInteger huge,
            UUID id,
            URI where,
            Instant at,
            LocalDate day,
            Duration took,
            ZonedDateTime there,
            Colour colour,
            Set<Colour> colours,
            Map<Colour, List<Point>> points,
            Optional<String> note,
            @Nullable String nothing,
            int[] numbers,
            Point[] corners) {}

    /** A class of the old kind, with what must not travel. */
    public static class Account {
        private String owner = "";
        private @Nullable Account parent;
        public List<String> tags = new ArrayList<>();

        @JsonIgnore
        public String secret = "s3cret";

        public String getOwner() {
            return owner;
        }

        public void setOwner(String owner) {
            this.owner = owner;
        }

        public @Nullable Account getParent() {
            return parent;
        }

        public void setParent(@Nullable Account parent) {
            this.parent = parent;
        }
    }

    /** What it writes is more than what it reads. */
    record Square(int side) {
        public int getArea() {
            return side * side;
        }
    }

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Sparse(String name, List<String> tags) {}

    interface Shop {
        Everything echo(Everything all, int times, @Nullable String note);

        CompletionStage<Account> open(Account account);

        List<Square> squares(Map<String, Square> squares);

        Sparse sparse(Sparse sparse);

        void nothing();
    }

    private static final ServiceInterface SHOP = ServiceInterface.of(Shop.class);
    private static final ServiceBodies BODIES = CborCodec.INSTANCE.derive(SHOP);

    private static ServiceMethod method(String name) {
        ServiceMethod method = SHOP.method(name);
        assertThat(method).isNotNull();
        return method;
    }

    @Test
    void everyKindOfValueComesBackAsItWas() {
        Everything all = new Everything(
                true,
                new byte[] {1, 2},
                'x',
                (short) -3,
                1.5f,
                Math.PI,
                new BigDecimal("12.3400"),
                BigInteger.TWO.pow(100),
                UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"),
                URI.create("https://example.com/a?b"),
                Instant.parse("2026-01-02T03:04:05.678901234Z"),
                LocalDate.of(2026, 2, 28),
                Duration.ofMillis(1_500),
                ZonedDateTime.parse("2026-01-02T03:04:05Z"),
                Colour.GREEN,
                EnumSet.allOf(Colour.class),
                Map.of(Colour.RED, List.of(new Point(1, 2))),
                Optional.of("note"),
                null,
                new int[] {3, 2, 1},
                new Point[] {new Point(7, 8)});

        Payload args = BODIES.writeArguments(method("echo"), new Object[] {all, 3, null});
        @Nullable Object[] read = BODIES.readArguments(method("echo"), args);
        Object result = BODIES.readResult(method("echo"), BODIES.writeResult(method("echo"), all));

        assertThat(args.format()).isEqualTo(Payload.Format.CBOR);
        assertThat(args.types()).isEqualTo(BODIES.types()).isNotZero();
        assertThat(read).hasSize(3);
        assertThat(read[1]).isEqualTo(3);
        assertThat(read[2]).isNull();
        assertThat(read[0]).usingRecursiveComparison().isEqualTo(all);
        assertThat(result).usingRecursiveComparison().isEqualTo(all);
        assertThat(args.length())
                .isLessThan(method("echo")
                                .writeArguments(new Object[] {all, 3, null})
                                .length()
                        / 2);
    }

    @Test
    void namesOfPropertiesAndClassesStayAtHome() {
        Payload args = BODIES.writeArguments(method("open"), new Object[] {account("ada", account("root", null))});

        Account read = (Account) BODIES.readArguments(method("open"), args)[0];

        assertThat(args.text()).contains("ada", "root").doesNotContain("owner", "Account", "s3cret", "tags");
        assertThat(read).isNotNull();
        assertThat(read.getOwner()).isEqualTo("ada");
        assertThat(read.getParent()).isNotNull().extracting(Account::getOwner).isEqualTo("root");
        assertThat(read.tags).containsExactly("new");
    }

    @Test
    void whatIsWrittenAndReadDifferentlyKeepsItsNames() {
        Object[] squares = {Map.of("a", new Square(3))};
        Sparse sparse = new Sparse("", List.of());

        Payload named = BODIES.writeArguments(method("squares"), squares);

        assertThat(named.text()).contains("side", "area");
        assertThat(BODIES.readArguments(method("squares"), named)).containsExactly(squares);
        assertThat(BODIES.readResult(method("sparse"), BODIES.writeResult(method("sparse"), sparse)))
                .isEqualTo(method("sparse").readResult(method("sparse").writeResult(sparse)));
    }

    @Test
    void nothingIsAValueToo() {
        assertThat(BODIES.readArguments(method("nothing"), BODIES.writeArguments(method("nothing"), null)))
                .isEmpty();
        assertThat(BODIES.readResult(method("nothing"), BODIES.writeResult(method("nothing"), null)))
                .isNull();
        assertThat(BODIES.readResult(method("echo"), BODIES.writeResult(method("echo"), null)))
                .isNull();
    }

    @Test
    void aClassThatTheInterfaceDoesNotNameIsRefusedByName() {
        class Spy extends Account {
            public String tap = "";
        }

        for (Object[] arguments : List.of(new Object[] {new Spy()}, new Object[] {account("ada", new Spy())})) {
            assertThatThrownBy(() -> BODIES.writeArguments(method("open"), arguments))
                    .isInstanceOf(OutsideTypeException.class)
                    .hasMessageContaining(Spy.class.getName())
                    .hasMessageContaining(Shop.class.getName());
        }
    }

    interface ByObject {
        void put(Object anything);
    }

    interface ByNumber {
        List<? extends Number> all();
    }

    interface ByTypeInfo {
        @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
        record Animal(String name) {}

        record Zoo(List<Animal> animals) {}

        Zoo zoo();
    }

    interface ByThread {
        void start(Thread thread);
    }

    @Test
    void aTypeThatCouldBeAnythingIsNamedWithItsPlace() {
        for (Class<?> open : List.of(ByObject.class, ByNumber.class, ByTypeInfo.class, ByThread.class)) {
            assertThatThrownBy(() -> CborCodec.INSTANCE.derive(ServiceInterface.of(open)))
                    .isInstanceOf(OpenTypeException.class)
                    .hasMessageContaining(open.getName());
        }
        assertThatThrownBy(() -> CborCodec.INSTANCE.derive(ServiceInterface.of(ByTypeInfo.class)))
                .hasMessageContaining("zoo() Zoo.animals");
    }

    interface Before {
        record Item(String name, int count) {}

        Item get(long id);
    }

    interface After {
        record Item(String name, int count, @Nullable String more) {}

        Item get(long id);
    }

    @Test
    void theHashFollowsTheTypesAndNothingElse() {
        assertThat(CborCodec.INSTANCE.derive(ServiceInterface.of(Shop.class)).types())
                .isEqualTo(BODIES.types());
        assertThat(CborCodec.INSTANCE.derive(ServiceInterface.of(Before.class)).types())
                .isNotEqualTo(CborCodec.INSTANCE
                        .derive(ServiceInterface.of(After.class))
                        .types());
        assertThat(CborCodec.INSTANCE.derive(ServiceInterface.of(Before.class)).describe())
                .isEqualTo(Before.Item.class.getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "80", // no argument where one is expected
                "81", // ends early
                "8181", // nested, ends early
                "9bffffffffffffffff", // 2^64 arguments
                "819a7fffffff", // 2^31 elements in an array
                "815a7fffffff00", // 2 GB of bytes
                "817a7fffffff61", // 2 GB of text
                "81c25a7fffffff00", // a number of 2 GB
                "83848484848484", // too few
                "8184f6f6f6f6f6", // too many behind it
                "81a16161f5", // an object with names where values are expected
                "f6" // not arguments at all
            })
    void bytesThatAreNotArgumentsAreRefusedWithoutMemory(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThatThrownBy(() ->
                        BODIES.readArguments(method("open"), Payload.of(Payload.Format.CBOR, bytes, 0, bytes.length)))
                .isInstanceOf(MoaException.class)
                .hasMessageContaining("args: not ");
    }

    @Test
    void nestingIsBounded() {
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x83);

        assertThatThrownBy(() ->
                        BODIES.readArguments(method("open"), Payload.of(Payload.Format.CBOR, deep, 0, deep.length)))
                .isInstanceOf(MoaException.class);
    }

    private static Account account(String owner, @Nullable Account parent) {
        Account account = new Account();
        account.setOwner(owner);
        account.setParent(parent);
        account.tags.add("new");
        return account;
    }
}
