package dev.moa.dev.cli;

import dev.moa.dev.PlatformException;
import dev.moa.dev.parts.Layout;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Deque;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code lookup SERVICE}: where a service is, as the router answers it. Exit code 1 if it is nowhere. */
final class LookupCommand {
    private static final int USUAL_PORT = 8082;
    private static final int LARGEST_ANSWER = 16 * 1024 * 1024;

    private final Path home;
    private final Console console;

    LookupCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) throws IOException {
        int offset = arguments.number("--port-offset", 0);
        Layout layout = Layout.of(home, offset);
        int port = arguments.number("--port", RunningPlatform.port(layout, "router.http", USUAL_PORT + offset));
        Deque<String> words = arguments.rest();
        if (words.size() != 1) {
            throw new UsageException("lookup: needs a service, as in ./moa lookup /service/helloworld");
        }
        URI uri = URI.create("http://127.0.0.1:%d/v1/lookup?service=%s"
                .formatted(port, URLEncoder.encode(words.removeFirst(), StandardCharsets.UTF_8)));
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
            console.line(pretty(body == null ? new byte[0] : body.readNBytes(LARGEST_ANSWER)));
            return status == 200 ? 0 : 1;
        } catch (ConnectException e) {
            throw new PlatformException(
                    "nothing listens on port %d (the router); is the platform up? ./moa status".formatted(port));
        }
    }

    private static String pretty(byte[] body) {
        try {
            JsonMapper json = JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();
            return json.writeValueAsString(json.readTree(body));
        } catch (JacksonException text) {
            return new String(body, StandardCharsets.UTF_8);
        }
    }
}
