package dev.moa.dev.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class PartListTests {
    @Test
    void thePackedListHoldsThePlatformOnTheDocumentedPorts() {
        PartList list = PartList.standard();

        assertThat(list.apps())
                .extracting(AppPart::name)
                .containsExactly("registry", "router", "parallel-proxy", "async-broker", "monitor", "gateway");
        assertThat(list.apps().get(0).ports()).isEqualTo(Map.of("http", 8081, "moa", 6381));
        assertThat(list.apps().get(5).ports()).containsEntry("http", 8080);
    }

    @Test
    void everyAddressInThePackedListExists() {
        Addresses addresses = new Addresses();
        addresses.put("redis.url", "redis://127.0.0.1:1");
        addresses.put("kafka.address", "127.0.0.1:2");
        addresses.put("data", "/data");
        addresses.put("home", "/home");
        PartList list = PartList.standard();
        list.all()
                .forEach(part ->
                        part.ports().forEach((port, number) -> addresses.put(part.name() + "." + port, number + "")));

        for (AppPart part : list.all()) {
            part.settings().values().forEach(addresses::fill);
            part.arguments().forEach(addresses::fill);
        }

        assertThat(addresses.fill("${registry.http}")).isEqualTo("8081");
    }

    @Test
    void aPartSetsWhatIsItsOwnOverWhatIsSetForAll() throws IOException {
        PartList list = parse("""
                apps = one
                every.set.a.b = common
                every.set.c = common
                one.module = m
                one.port.http = 1
                one.set.a.b = own
                one.args = --x --y
                """);

        AppPart one = list.apps().get(0);

        assertThat(one.settings()).isEqualTo(Map.of("a.b", "own", "c", "common"));
        assertThat(one.arguments()).isEqualTo(List.of("--x", "--y"));
    }

    @Test
    void aPartWithoutAModuleIsNamed() {
        assertThatThrownBy(() -> parse("apps = one"))
                .hasMessage("parts.properties: one.module is missing (expected: a Maven module)");
    }

    @Test
    void anUnknownAddressIsNamedWithThoseThatExist() {
        Addresses addresses = new Addresses();
        addresses.put("redis.url", "x");

        assertThatThrownBy(() -> addresses.fill("${kafka.url}"))
                .hasMessage("${kafka.url}: no such address (expected: one of redis.url)");
    }

    private static PartList parse(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return PartList.parse(properties);
    }
}
