package dev.moa.sdk.describe;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.codec.Json;
import dev.moa.sdk.codec.ServiceInterface;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ServiceDocumentsTests {

    /** What the stubs' tests read too; {@code -Dmoa.golden.write=true} writes it anew. */
    private static final Path GOLDEN = Path.of("src/test/resources/describe/shop.openapi.json");

    private static final UUID ID = UUID.fromString("0b6f9f3e-8a55-4a4e-9c1e-0f6d2b8f5a11");
    private static final Shop.Order ORDER = new Shop.Order(
            ID,
            Instant.parse("2026-01-02T03:04:05Z"),
            LocalDate.of(2026, 2, 1),
            Duration.ofMinutes(90),
            Shop.Currency.EUR,
            List.of(new Shop.Item("tea", 2.5, new int[] {1, 2}, true)),
            null,
            Optional.empty());

    @Test
    void describeListsMethodsOnALineEach() {
        JsonNode methods = read(Shop.class, ServiceDocuments.DESCRIBE).path("methods");

        assertThat(methods.valueStream().map(each -> each.path("signature").asString()))
                .containsExactly(
                        "anything(value: Object): Object",
                        "byCustomer(customers: Set<Long>, least: EnumMap<Currency, BigDecimal>): Map<String, List<Order>>",
                        "count(): int",
                        "find(id: UUID, currency: Currency?): Order",
                        "note(id: long): String?",
                        "pay(payment: Payment): Payment",
                        "put(id: long, picture: byte[], tags: List<String?>): void",
                        "search(query: Query, limit: Integer?): Page<Order>");
    }

    @Test
    void describeTellsFlagsTimeoutAndExceptions() {
        JsonNode find = method("find");
        JsonNode count = method("count");

        assertThat(find.path("idempotent").asBoolean()).isTrue();
        assertThat(find.path("timeoutMs").asInt()).isEqualTo(300);
        assertThat(find.path("exceptions").toString()).isEqualTo("[\"OrderNotFound\"]");
        assertThat(find.path("parameters").path(1).toString())
                .isEqualTo("{\"name\":\"currency\",\"type\":\"Currency?\",\"optional\":true}");
        assertThat(count.path("nonBlocking").asBoolean()).isTrue();
        assertThat(count.has("timeoutMs")).isFalse();
    }

    @Test
    void describeFollowsTypesToTheEnd() {
        JsonNode types = read(Shop.class, ServiceDocuments.DESCRIBE).path("types");

        assertThat(types.valueStream()
                        .map(each -> each.path("kind").asString()
                                + ' '
                                + each.path("name").asString()))
                .containsExactly(
                        "record Card",
                        "record Cash",
                        "enum Currency",
                        "record Item",
                        "record Order",
                        "exception OrderNotFound",
                        "record Page<Order>",
                        "union Payment",
                        "record Query",
                        "exception TooLate");
        assertThat(type(types, "Order")
                        .path("fields")
                        .valueStream()
                        .map(each -> each.path("name").asString() + ": "
                                + each.path("type").asString()))
                .containsExactly(
                        "id: UUID",
                        "at: Instant",
                        "due: LocalDate",
                        "late: Duration?",
                        "currency: Currency",
                        "items: List<Item>",
                        "replaces: Order?",
                        "note: String?");
        assertThat(type(types, "Currency").path("values").toString()).isEqualTo("[\"EUR\",\"CNY\"]");
        assertThat(type(types, "Payment").path("members").toString()).isEqualTo("[\"Card\",\"Cash\"]");
    }

    @Test
    void openApiIsValid() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);

        SwaggerParseResult parsed = new OpenAPIV3Parser()
                .readContents(read(Shop.class, ServiceDocuments.OPEN_API).toString(), null, options);

        assertThat(parsed.getMessages()).isEmpty();
        assertThat(parsed.isOpenapi31()).isTrue();
        assertThat(parsed.getOpenAPI().getPaths()).hasSize(8).containsKey("/service/shop/find");
    }

    @Test
    void openApiIsTheCommittedOne() throws Exception {
        String document = Json.MAPPER
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(read(Shop.class, ServiceDocuments.OPEN_API))
                + '\n';

        if (Boolean.getBoolean("moa.golden.write")) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, document);
        }

        assertThat(document).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void schemasFitWhatJacksonWrites() {
        assertThat(errors("Order", ORDER)).isEmpty();
        assertThat(errors("PageOfOrder", new Shop.Page<>(List.of(ORDER), null))).isEmpty();
        assertThat(errors("Payment", new Shop.Payment.Cash(BigDecimal.TEN, Shop.Currency.CNY)))
                .isEmpty();
        assertThat(errors("Payment", new Shop.Payment.Card("4711"))).isEmpty();
    }

    @Test
    void schemasRefuseWhatIsMissingOrWrong() {
        ObjectNode order = Json.MAPPER.valueToTree(ORDER);

        assertThat(errors("Order", order.deepCopy().without("items"))).isNotEmpty();
        assertThat(errors("Order", order.deepCopy().put("currency", "USD"))).isNotEmpty();
        assertThat(errors("Order", order.deepCopy().putNull("currency"))).isNotEmpty();
        assertThat(errors("Order", order.deepCopy().putNull("late"))).isEmpty();
        assertThat(errors("Payment", new Shop.Payment.Card("4711"), "cash")).isNotEmpty();
    }

    @Test
    void exceptionsSchemaFitsAFailuresDetails() {
        ObjectNode details = Json.FAILURES.valueToTree(new Shop.OrderNotFound(ID));
        details.put("type", Shop.OrderNotFound.class.getName());

        assertThat(errors("OrderNotFound", details)).isEmpty();
        assertThat(errors("TooLate", details)).isNotEmpty();
    }

    interface V1 {
        String greet(String name);
    }

    interface SameAsV1 {
        String greet(String name);
    }

    interface V2 {
        String greet(String name, boolean loud);
    }

    @Test
    void hashIsThatOfTheJsonAndNotOfTheJavaNames() {
        assertThat(hash(V1.class)).hasSize(16).isEqualTo(hash(SameAsV1.class)).isNotEqualTo(hash(V2.class));
    }

    private static List<com.networknt.schema.Error> errors(String type, Object value, String kind) {
        return errors(type, ((ObjectNode) Json.MAPPER.valueToTree(value)).put("kind", kind));
    }

    private static List<com.networknt.schema.Error> errors(String type, Object value) {
        ObjectNode schema = Json.MAPPER.createObjectNode();
        schema.put("$ref", "#/components/schemas/" + type);
        schema.set("components", read(Shop.class, ServiceDocuments.OPEN_API).path("components"));
        Schema compiled = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema);
        return compiled.validate(Json.MAPPER.valueToTree(value));
    }

    private static JsonNode method(String name) {
        return read(Shop.class, ServiceDocuments.DESCRIBE)
                .path("methods")
                .valueStream()
                .filter(each -> each.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode type(JsonNode types, String name) {
        return types.valueStream()
                .filter(each -> each.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String hash(Class<?> type) {
        return read(type, ServiceDocuments.DESCRIBE).path("hash").asString();
    }

    private static JsonNode read(Class<?> type, String document) {
        return Json.MAPPER.readTree(new ServiceDocuments(ServiceName.of("/service/shop"), ServiceInterface.of(type))
                .document(document)
                .text());
    }
}
