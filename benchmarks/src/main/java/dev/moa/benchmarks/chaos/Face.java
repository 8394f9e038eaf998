package dev.moa.benchmarks.chaos;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.CommunicationException;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.ServiceUnavailableException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One of the ways in which a router is asked. Used by one thread. */
interface Face extends AutoCloseable {

    /**
     * What a router said.
     *
     * @param ports of the instances that it named
     * @param text what else it said, for people
     * @param ageMs how long ago this was last known to be right; {@link #NO_AGE} where it did not say
     */
    record Answer(Set<Integer> ports, String text, long ageMs) {
        static final long NO_AGE = -1;

        Answer(Set<Integer> ports, String text) {
            this(ports, text, NO_AGE);
        }
    }

    String name();

    /** Whether its answers say how old they are; Sentinel's protocol has no place for that. */
    default boolean tellsAge() {
        return true;
    }

    /** @throws IOException if there is no answer, or the answer is that it cannot say */
    Answer ask(ServiceName service) throws IOException, InterruptedException;

    @Override
    default void close() throws IOException {}

    int TIMEOUT_MS = 2_500;

    /** Every face of a router. */
    static List<Face> of(Lab.App router) {
        return List.of(
                new Http(router.http()),
                new Moa(router.moa()),
                new RespLookup(router.moa()),
                new Dns(router.dns()),
                new Sentinel(router.moa()));
    }

    /** {@code GET /v1/lookup}. */
    final class Http implements Face {
        private final HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofMillis(TIMEOUT_MS))
                .build();
        private final int port;

        Http(int port) {
            this.port = port;
        }

        @Override
        public String name() {
            return "http";
        }

        @Override
        public Answer ask(ServiceName service) throws IOException, InterruptedException {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:%d/v1/lookup?service=%s".formatted(port, service)))
                            .timeout(Duration.ofMillis(TIMEOUT_MS))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 404) {
                return new Answer(Set.of(), response.body());
            }
            if (response.statusCode() != 200) {
                throw new IOException(response.statusCode() + " " + response.body());
            }
            return answer(JsonMapper.shared().readTree(response.body()));
        }
    }

    private static Answer answer(JsonNode lookup) {
        Set<Integer> ports = new HashSet<>();
        lookup.path("instances").forEach(each -> ports.add(each.path("port").asInt()));
        return new Answer(
                ports,
                "source %s, revision %s of %s, %s ms old"
                        .formatted(
                                lookup.path("source").asString(""),
                                lookup.path("revision"),
                                lookup.path("epoch").asString(""),
                                lookup.path("ageMs")),
                lookup.path("ageMs").asLong(Answer.NO_AGE));
    }

    private static Answer answer(String envelope) throws IOException {
        JsonNode json = JsonMapper.shared().readTree(envelope);
        int code = json.path("code").asInt(-1);
        if (code == StatusCode.NOT_FOUND.number()) {
            return new Answer(Set.of(), envelope);
        }
        if (code != 0) {
            throw new IOException(envelope);
        }
        return answer(json.path("result"));
    }

    /** A moa frame to {@code /service/lookup}. */
    final class Moa implements Face {
        private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");
        private final int port;
        private @Nullable MoaConnection connection;

        Moa(int port) {
            this.port = port;
        }

        @Override
        public String name() {
            return "moa";
        }

        @Override
        public Answer ask(ServiceName service) throws IOException, InterruptedException {
            try {
                MoaConnection open = connection;
                if (open == null || !open.isOpen() || open.isGoingAway()) {
                    open = MoaConnection.open(
                                    new InetSocketAddress("127.0.0.1", port),
                                    ConnectionOptions.defaults().withApp("chaos"))
                            .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                    connection = open;
                }
                CallRequest request = new CallRequest(
                        null,
                        LOOKUP,
                        "lookup",
                        Payload.json("[\"" + service + "\"]"),
                        CallContext.EMPTY.withTimeoutMs(TIMEOUT_MS),
                        null);
                CallResponse response = open.call(request, Deadline.afterMillis(TIMEOUT_MS))
                        .get(TIMEOUT_MS + 500, TimeUnit.MILLISECONDS);
                if (response.code() == StatusCode.NOT_FOUND) {
                    return new Answer(Set.of(), String.valueOf(response.message()));
                }
                Payload result = response.result();
                if (!response.isOk() || result == null) {
                    throw new IOException(response.code() + " " + response.message());
                }
                return answer(JsonMapper.shared().readTree(result.array(), result.offset(), result.length()));
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void close() {
            if (connection != null) {
                connection.close();
            }
        }
    }

    /** A connection that is opened again after a failure. */
    abstract class Connected implements Face {
        private final int port;
        private @Nullable Resp connection;

        Connected(int port) {
            this.port = port;
        }

        @Nullable
        Object send(String... words) throws IOException {
            Resp open = connection;
            try {
                if (open == null) {
                    open = new Resp(port, TIMEOUT_MS);
                    connection = open;
                }
                return open.ask(words);
            } catch (Resp.ErrorReply reply) {
                throw reply;
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            Resp open = connection;
            connection = null;
            if (open != null) {
                open.close();
            }
        }
    }

    /** {@code GET} of a call of {@code /service/lookup}. */
    final class RespLookup extends Connected {
        RespLookup(int port) {
            super(port);
        }

        @Override
        public String name() {
            return "resp";
        }

        @Override
        public Answer ask(ServiceName service) throws IOException {
            Object reply = send(
                    "GET",
                    "{\"service\":\"/service/lookup\",\"method\":\"lookup\",\"args\":[\"%s\"]}".formatted(service));
            return answer(String.valueOf(reply));
        }
    }

    /** {@code SENTINEL MASTER} and {@code SENTINEL REPLICAS}. */
    final class Sentinel extends Connected {
        Sentinel(int port) {
            super(port);
        }

        @Override
        public String name() {
            return "sentinel";
        }

        @Override
        public boolean tellsAge() {
            return false;
        }

        @Override
        public Answer ask(ServiceName service) throws IOException {
            try {
                Set<Integer> ports = new HashSet<>();
                ports.add(master(service));
                List<?> replicas = (List<?>) Objects.requireNonNull(send("SENTINEL", "REPLICAS", service.value()));
                // who is master may have changed between the two questions: each replica says whose it is
                for (Object replica : replicas) {
                    List<?> fields = (List<?>) Objects.requireNonNull(replica);
                    ports.add(number(fields, "port"));
                    ports.add(number(fields, "master-port"));
                }
                if (replicas.isEmpty()) {
                    ports.add(master(service));
                }
                return new Answer(ports, "");
            } catch (Resp.ErrorReply reply) {
                if (String.valueOf(reply.getMessage()).contains("No such master")) {
                    return new Answer(Set.of(), String.valueOf(reply.getMessage()));
                }
                throw reply;
            }
        }

        private int master(ServiceName service) throws IOException {
            return number((List<?>) Objects.requireNonNull(send("SENTINEL", "MASTER", service.value())), "port");
        }

        private static int number(List<?> fields, String name) {
            return Integer.parseInt(String.valueOf(fields.get(fields.indexOf(name) + 1)));
        }
    }

    /** SRV records, over UDP and over TCP where they are many, and the TXT record, which says how old they are. */
    final class Dns implements Face {
        private static final Pattern AGE = Pattern.compile("ageMs=(\\d+)");
        private final Hashtable<String, String> settings = new Hashtable<>();
        private @Nullable InitialDirContext context;

        Dns(int port) {
            settings.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
            settings.put("java.naming.provider.url", "dns://127.0.0.1:" + port);
            settings.put("com.sun.jndi.dns.timeout.initial", String.valueOf(TIMEOUT_MS));
            settings.put("com.sun.jndi.dns.timeout.retries", "1");
        }

        @Override
        public String name() {
            return "dns";
        }

        @Override
        public Answer ask(ServiceName service) throws IOException, InterruptedException {
            List<String> labels = Arrays.asList(service.value().substring(1).split("/"));
            Collections.reverse(labels);
            String name = String.join(".", labels) + ".moa";
            try {
                Attribute records = records(name, "SRV");
                Set<Integer> ports = new HashSet<>();
                for (int i = 0; records != null && i < records.size(); i++) {
                    // priority weight port target
                    ports.add(Integer.valueOf(records.get(i).toString().split(" ")[2]));
                }
                Attribute said = records(name, "TXT");
                String text = said == null ? "" : String.valueOf(said.get());
                Matcher age = AGE.matcher(text);
                return new Answer(ports, name + " " + text, age.find() ? Long.parseLong(age.group(1)) : Answer.NO_AGE);
            } catch (NameNotFoundException e) {
                return new Answer(Set.of(), name + ": " + e.getMessage());
            } catch (ServiceUnavailableException | CommunicationException e) {
                close();
                throw new IOException(e.toString(), e);
            } catch (NamingException e) {
                throw new IOException(name + ": " + e, e);
            }
        }

        @SuppressWarnings("BanJNDI") // the server is the router under test, and SRV records are text
        private @Nullable Attribute records(String name, String type) throws NamingException {
            InitialDirContext open = context;
            if (open == null) {
                open = new InitialDirContext(settings);
                context = open;
            }
            return open.getAttributes(name, new String[] {type}).get(type);
        }

        @Override
        public void close() throws IOException {
            InitialDirContext open = context;
            context = null;
            if (open != null) {
                try {
                    open.close();
                } catch (NamingException e) {
                    throw new IOException(e.toString(), e);
                }
            }
        }
    }

    /** Returns the text of an HTTP answer of a router; what went wrong where there is none. */
    static String get(Lab.App router, String path) {
        try {
            HttpResponse<byte[]> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(router.url() + path))
                                    .timeout(Duration.ofSeconds(4))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            return new String(response.body(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "no answer: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
