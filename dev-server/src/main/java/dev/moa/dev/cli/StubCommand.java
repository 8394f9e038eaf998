package dev.moa.dev.cli;

import dev.moa.dev.PlatformException;
import dev.moa.dev.parts.Layout;
import dev.moa.dev.stub.StubLanguage;
import dev.moa.dev.stub.Stubs;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code stub SERVICE --lang php|python|typescript [--out FILE] [--from FILE]}: the client of a service in another
 * language, written from its OpenAPI document: that of a running instance, by way of the gateway, or one in a file.
 */
final class StubCommand {
    private static final int USUAL_PORT = 8080;
    private static final int LARGEST_DOCUMENT = 16 * 1024 * 1024;

    private final Path home;
    private final Console console;
    private final JsonMapper json = JsonMapper.shared();

    StubCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) throws IOException {
        int offset = arguments.number("--port-offset", 0);
        int port = arguments.number(
                "--port", RunningPlatform.port(Layout.of(home, offset), "gateway.http", USUAL_PORT + offset));
        String language = arguments.option("--lang");
        String out = arguments.option("--out");
        String from = arguments.option("--from");
        Deque<String> words = arguments.rest();
        if (language == null || words.size() != (from == null ? 1 : 0)) {
            throw new UsageException(
                    "stub: needs a service and a language, as in ./moa stub /service/user --lang php --out UsersClient.php");
        }
        StubLanguage chosen = StubLanguage.of(language);
        JsonNode document =
                from == null ? fetch(port, words.removeFirst()) : parse(Files.readAllBytes(Path.of(from)), from);
        String text = Stubs.write(document, chosen);
        if (out == null) {
            console.line(text.stripTrailing());
        } else {
            Files.writeString(Path.of(out), text);
            console.line("wrote " + out);
        }
        return 0;
    }

    private JsonNode fetch(int port, String service) throws IOException {
        URI uri = URI.create("http://127.0.0.1:%d/api%s/openapi.json".formatted(port, service));
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(1_000);
        connection.setReadTimeout(5_000);
        String token = System.getenv("MOA_TOKEN");
        if (token != null && !token.isBlank()) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        try {
            int status = connection.getResponseCode();
            var body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
            byte[] bytes = body == null ? new byte[0] : body.readNBytes(LARGEST_DOCUMENT);
            if (status != 200) {
                throw new PlatformException(
                        "%s answered %d: %s".formatted(uri, status, new String(bytes, StandardCharsets.UTF_8)));
            }
            return parse(bytes, uri.toString());
        } catch (ConnectException e) {
            throw new PlatformException(
                    "nothing listens on port %d (the gateway); is the platform up? ./moa status".formatted(port));
        }
    }

    private JsonNode parse(byte[] bytes, String source) {
        try {
            return json.readTree(bytes);
        } catch (JacksonException e) {
            throw new PlatformException("%s holds no JSON (expected: an OpenAPI document)".formatted(source));
        }
    }
}
