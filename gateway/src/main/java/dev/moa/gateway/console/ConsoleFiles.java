package dev.moa.gateway.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The console's files: a few hundred kilobytes, read and compressed once, served from memory. Where the console was
 * not built, its page says what is missing and how to get it.
 */
final class ConsoleFiles {

    private static final String ROOT = "META-INF/resources/console/";

    private final Map<String, File> files;
    private final boolean isBuilt;

    private ConsoleFiles(Map<String, File> files, boolean isBuilt) {
        this.files = files;
        this.isBuilt = isBuilt;
    }

    /** Reads the files from the class path. */
    static ConsoleFiles read() {
        Map<String, File> files = new HashMap<>();
        try {
            for (Resource resource :
                    new PathMatchingResourcePatternResolver().getResources("classpath*:" + ROOT + "**")) {
                String url = resource.getURL().toString();
                if (resource.isReadable() && !url.endsWith("/")) {
                    String path = url.substring(url.lastIndexOf(ROOT) + ROOT.length());
                    files.put("/" + path, File.of(path, resource.getContentAsByteArray()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the console's files cannot be read", e);
        }
        boolean isBuilt = files.containsKey("/index.html");
        if (!isBuilt) {
            files.put("/index.html", File.of("index.html", MissingConsole.PAGE.getBytes(StandardCharsets.UTF_8)));
        }
        return new ConsoleFiles(Map.copyOf(files), isBuilt);
    }

    boolean isBuilt() {
        return isBuilt;
    }

    /** Serves the page: every page of the console is the same file, its script reads the path. */
    Mono<ServerResponse> page(ServerRequest request) {
        return serve(request, "/index.html");
    }

    /** Serves the file at the request's path, or 404. */
    Mono<ServerResponse> file(ServerRequest request) {
        return serve(request, request.path());
    }

    private Mono<ServerResponse> serve(ServerRequest request, String path) {
        File file = files.get(path);
        if (file == null) {
            return ServerResponse.notFound().build();
        }
        boolean named = path.startsWith("/assets/");
        ServerResponse.BodyBuilder answer = ServerResponse.ok()
                .contentType(file.type())
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
                .eTag(file.tag())
                // names under /assets hold a digest of what is in them
                .cacheControl(named ? CacheControl.maxAge(Duration.ofDays(365)).immutable() : CacheControl.noCache());
        if (request.headers().header(HttpHeaders.IF_NONE_MATCH).contains("\"" + file.tag() + "\"")) {
            return ServerResponse.status(304).eTag(file.tag()).build();
        }
        byte[] compressed = file.compressed();
        boolean gzip = compressed != null
                && request.headers().header(HttpHeaders.ACCEPT_ENCODING).stream()
                        .anyMatch(line -> line.contains("gzip"));
        return compressed != null && gzip
                ? answer.header(HttpHeaders.CONTENT_ENCODING, "gzip").bodyValue(compressed)
                : answer.bodyValue(file.bytes());
    }

    /** A file as it is and compressed; null where that does not help. */
    private record File(MediaType type, String tag, byte[] bytes, byte @Nullable [] compressed) {

        static File of(String path, byte[] bytes) {
            MediaType type = MediaTypeFactory.getMediaType(path).orElse(MediaType.APPLICATION_OCTET_STREAM);
            MediaType withCharset = type.getType().equals("text") ? new MediaType(type, StandardCharsets.UTF_8) : type;
            byte[] compressed = gzip(bytes);
            return new File(withCharset, tag(bytes), bytes, compressed.length < bytes.length ? compressed : null);
        }

        private static byte[] gzip(byte[] bytes) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2);
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }

        private static String tag(byte[] bytes) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
                return HexFormat.of().formatHex(digest, 0, 12);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("SHA-256 is part of every Java", e);
            }
        }
    }
}
