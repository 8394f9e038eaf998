package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.lookup.StaticDirectory;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Fast methods begin on the event loop: real calls to a process with one event loop, on a JDK 24 or newer, whatever JDK
 * the tests run on. Where there is none, the tests are left out (Debian: {@code apt install temurin-25-jdk} from Adoptium).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoopIT {

    private static final ServiceName ROOMY = PlacesProcess.ROOMY;
    private static final String ON_LOOP = "@moa-io-1";
    private static final String OPENED = "--add-opens=java.base/java.lang=ALL-UNNAMED";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final StaticDirectory directory = new StaticDirectory();
    private final MoaClient client =
            MoaClient.builder().app("test").directory(directory).timeout(LIMIT).build();
    private final List<String> said = new ArrayList<>();
    private Process process;
    private int port;

    @BeforeEach
    void start() throws Exception {
        if (process == null || !process.isAlive()) {
            start(OPENED);
        }
    }

    @AfterAll
    void close() throws Exception {
        client.close();
        stop();
    }

    private void stop() throws Exception {
        if (process != null) {
            process.getOutputStream().close();
            assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void fastMethodBeginsOnTheLoopOnEveryFace() throws Exception {
        assertThat(call("go", "").get(0)).doesNotContain(ON_LOOP);

        assertThat(onLoop("go", "")).hasSize(1);

        assertThat(info()).containsPattern("method_/service/places/go:.*,on_loop=1");
        // one face after the other may meet a moment in which the loop has no time for methods
        await().untilAsserted(() -> assertThat(get("go", "")).contains(ON_LOOP));
        await().untilAsserted(() -> assertThat(post("go", "")).contains(ON_LOOP));
    }

    @Test
    void callThatWaitsLeavesTheLoop() throws Exception {
        onLoop("hold", "\"\"");

        for (String key : List.of("latch", "monitor")) {
            CompletableFuture<CallResponse> call = send(ROOMY, "hold", "\"" + key + "\"");
            // by another connection of the same, the only event loop
            await().untilAsserted(() -> assertThat(get("held", "")).contains("\"result\":1"));
            assertThat(call).isNotDone();
            assertThat(get("release", "\"" + key + "\"")).contains("\"code\":0");

            List<String> places = texts(call);
            assertThat(places.get(0)).contains(ON_LOOP);
            assertThat(places.get(1)).doesNotContain(ON_LOOP).contains("VirtualThread", "sdk-call");
            assertThat(places.get(2)).contains("same scope");
        }
    }

    @Test
    void callThatGivesWayLeavesTheLoop() throws Exception {
        onLoop("giveWay", "0");

        List<String> places = call("giveWay", "1000");

        assertThat(places.get(0)).contains(ON_LOOP);
        assertThat(places.get(1)).doesNotContain(ON_LOOP);
    }

    @Test
    void callsThatComputeGoBackToThreads() throws Exception {
        onLoop("compute", "0");

        assertThat(call("compute", "150").get(1)).contains(ON_LOOP);

        assertThat(call("compute", "0").get(0)).doesNotContain(ON_LOOP);
        assertThat(info()).containsPattern("method_/service/places/compute:.*,on_loop=0");
    }

    @Test
    void failuresAreTheSameOnTheLoop() throws Exception {
        List<String> failing = List.of("declared", "undeclared", "overflow");
        List<String> onThreads = new ArrayList<>();
        for (String how : failing) {
            onThreads.add(failure(how));
        }
        onLoop("fail", "\"\"");

        for (int i = 0; i < failing.size(); i++) {
            assertThat(failure(failing.get(i))).isEqualTo(onThreads.get(i));
        }

        assertThat(onThreads.get(0)).contains("not today");
        assertThat(onThreads.get(1)).startsWith("INTERNAL").doesNotContain("secret");
        assertThat(onThreads.get(2)).startsWith("INTERNAL");
        assertThat(onLoop("fail", "\"\"")).hasSize(1);
    }

    @Test
    void callThatWaitsEndsByItsDeadlineAndWithItsCaller() throws Exception {
        onLoop("hold", "\"\"");

        assertThat(get("hold", "\"late\"", "{\"timeoutMs\":200}")).contains("\"code\":4");
        await().untilAsserted(() -> assertThat(get("cancelled", "")).contains("\"result\":1"));

        try (Socket caller = connect()) {
            command(caller, "GET", request("hold", "\"left\"", "{}"));
            await().untilAsserted(() -> assertThat(get("held", "")).contains("\"result\":1"));
        }
        await().untilAsserted(() -> assertThat(get("cancelled", "")).contains("\"result\":2"));
        await().untilAsserted(() -> assertThat(get("held", "")).contains("\"result\":0"));
    }

    @Test
    void callsThatWaitTakeThePlacesOfTheService() throws Exception {
        onLoop(PlacesProcess.NARROW, "hold", "\"\"");
        onLoop(PlacesProcess.NARROW, "go", "");

        CompletableFuture<CallResponse> first = send(PlacesProcess.NARROW, "hold", "\"a\"");
        CompletableFuture<CallResponse> second = send(PlacesProcess.NARROW, "hold", "\"b\"");
        CompletableFuture<CallResponse> third = send(PlacesProcess.NARROW, "go", "");
        texts(send(ROOMY, "go", ""));

        // behind it over the same connection, and answered
        assertThat(third).isNotDone();
        first.cancel(false);
        assertThat(texts(third)).hasSize(1);
        second.cancel(false);
    }

    @Test
    void callThatHoldsTheLoopWhichItsAnswerNeedsEnds() throws Exception {
        // connects, and shows that a call that may leave the loop is answered by it
        await().atMost(LIMIT)
                .until(() ->
                        send(ROOMY, "ask", "\"free\"").get(30, TimeUnit.SECONDS).isOk());
        onLoop("ask", "\"\"");

        List<String> places = call("ask", "\"pinned\"");

        assertThat(places.get(0)).contains(ON_LOOP);
        assertThat(places.get(1)).contains("DEADLINE_EXCEEDED");
        assertThat(call("go", "")).hasSize(1);
    }

    @Test
    void drainWaitsForCallsThatLeftTheLoop() throws Exception {
        onLoop("hold", "\"\"");
        CompletableFuture<CallResponse> call = send(ROOMY, "hold", "\"last\"");
        await().untilAsserted(() -> assertThat(get("held", "")).contains("\"result\":1"));
        try (Socket other = connect()) {
            command(other, "GET", request("go", "", "{}"));
            assertThat(reply(other)).contains("\"code\":0");

            order("CLOSE");
            // the drain ends this connection, which is idle, and waits for the other
            assertThat(other.getInputStream().read()).isEqualTo(-1);
        }

        assertThat(call).isNotDone();
        order("RELEASE");
        assertThat(texts(call).get(0)).contains(ON_LOOP);
        stop();
    }

    @Test
    void withoutTheFlagOrTurnedOffNothingBeginsThere() throws Exception {
        stop();
        for (List<String> flags : List.of(List.of("-Dmoa.any=1"), List.of(OPENED, "-Dmoa.calls.on-loop=false"))) {
            start(flags.toArray(String[]::new));

            many(ROOMY, "go", "");

            assertThat(call("go", "").get(0)).doesNotContain(ON_LOOP);
            assertThat(said.stream().filter(line -> line.contains("--add-opens java.base/java.lang=ALL-UNNAMED")))
                    .hasSize(2 - flags.size());
            stop();
        }
    }

    // ---- the process

    private void start(String... flags) throws IOException {
        Path java = newestJava();
        assumeThat(java).as("a JDK 24 or newer, where others are too").isNotNull();
        said.clear();
        List<String> command = new ArrayList<>(List.of(String.valueOf(java)));
        command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dmoa.io.threads=1"));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), PlacesProcess.class.getName()));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.add(line);
            if (line.startsWith("PORT ")) {
                port = Integer.parseInt(line.substring(5));
                directory.put(ROOMY, "127.0.0.1", port);
                directory.put(PlacesProcess.NARROW, "127.0.0.1", port);
                Thread reader = new Thread(() -> output.lines().forEach(each -> {}), "test-output-1");
                reader.setDaemon(true);
                reader.start();
                // on a busy machine the first try to connect may be too early
                await().atMost(LIMIT)
                        .until(() ->
                                send(ROOMY, "go", "").get(30, TimeUnit.SECONDS).isOk());
                return;
            }
        }
        throw new IOException("the process has ended: " + said);
    }

    /** Returns the program of a JDK 24 or newer: this one, or one where Linux distributions put them; null if there is none. */
    private static @Nullable Path newestJava() throws IOException {
        List<Path> homes = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        Path usual = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(usual)) {
            try (Stream<Path> all = Files.list(usual)) {
                homes.addAll(all.toList());
            }
        }
        for (Path home : homes) {
            Path release = home.resolve("release");
            if (Files.isReadable(release) && Files.isExecutable(home.resolve("bin/java"))) {
                String version = Files.readString(release).replaceFirst("(?s).*JAVA_VERSION=\"(\\d+).*", "$1");
                if (version.matches("\\d{2,3}") && Integer.parseInt(version) >= 24) {
                    return home.resolve("bin/java");
                }
            }
        }
        return null;
    }

    private void order(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    // ---- calls

    /** Calls until a call has begun on the loop. */
    private List<String> onLoop(String method, String arguments) throws Exception {
        return onLoop(ROOMY, method, arguments);
    }

    private List<String> onLoop(ServiceName service, String method, String arguments) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        List<String> places = texts(send(service, method, arguments));
        while (!places.get(0).contains(ON_LOOP)) {
            assertThat(System.nanoTime()).as("now; the last ran on %s", places).isLessThan(end);
            many(service, method, arguments);
            places = texts(send(service, method, arguments));
        }
        return places;
    }

    private void many(ServiceName service, String method, String arguments) {
        List<CompletableFuture<CallResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            calls.add(send(service, method, arguments));
        }
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).join();
    }

    private List<String> call(String method, String arguments) throws Exception {
        return texts(send(ROOMY, method, arguments));
    }

    private CompletableFuture<CallResponse> send(ServiceName service, String method, String arguments) {
        return client.call(CallRequest.of(service, method, Payload.json("[" + arguments + "]")));
    }

    private static List<String> texts(CompletableFuture<CallResponse> call) throws Exception {
        return texts(call.get(30, TimeUnit.SECONDS));
    }

    private static List<String> texts(CallResponse response) {
        String json = response.resultOrThrow().toString();
        return List.of(json.substring(1, json.length() - 1).split(",(?=\")"));
    }

    private String failure(String how) throws Exception {
        CallResponse response = send(ROOMY, "fail", "\"" + how + "\"").get(30, TimeUnit.SECONDS);
        return "%s %s %s"
                .formatted(response.code(), response.message(), response.details())
                .replaceAll("error id \\w+|\"errorId\":\"\\w+\"", "error id");
    }

    private String info() throws IOException {
        try (Socket socket = connect()) {
            command(socket, "INFO", "moa");
            return reply(socket);
        }
    }

    private String get(String method, String arguments) throws IOException {
        return get(method, arguments, "{}");
    }

    private String get(String method, String arguments, String ctx) throws IOException {
        return get(ROOMY, method, arguments, ctx);
    }

    private String get(ServiceName service, String method, String arguments, String ctx) throws IOException {
        try (Socket socket = connect()) {
            command(socket, "GET", request(service, method, arguments, ctx));
            return reply(socket);
        }
    }

    private static String request(String method, String arguments, String ctx) {
        return request(ROOMY, method, arguments, ctx);
    }

    private static String request(ServiceName service, String method, String arguments, String ctx) {
        return "{\"service\":\"%s\",\"method\":\"%s\",\"args\":[%s],\"ctx\":%s}"
                .formatted(service, method, arguments, ctx);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout((int) LIMIT.toMillis());
        return socket;
    }

    private static void command(Socket socket, String name, String argument) throws IOException {
        socket.getOutputStream()
                .write("*2\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n"
                        .formatted(name.length(), name, argument.length(), argument)
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static String reply(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
            head.append((char) c);
        }
        assertThat(head.toString()).startsWith("$");
        byte[] body = new byte[Integer.parseInt(head.substring(1).strip()) + 2];
        in.readFully(body);
        return new String(body, StandardCharsets.UTF_8);
    }

    private String post(String method, String arguments) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s/%s".formatted(port, ROOMY, method)))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("[" + arguments + "]"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
