package dev.moa.gateway;

import dev.moa.sdk.MoaClient;
import dev.moa.sdk.lookup.StaticDirectory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/** The whole gateway on a port of its own, with a directory that the test fills. */
public final class RunningGateway implements AutoCloseable {

    private final StaticDirectory directory = new StaticDirectory();
    private final ConfigurableApplicationContext context;

    private RunningGateway(List<String> arguments) {
        this.context = new SpringApplicationBuilder(GatewayApplication.class)
                .web(WebApplicationType.REACTIVE)
                .initializers(starting -> {
                    GenericApplicationContext beans = (GenericApplicationContext) starting;
                    beans.registerBean(
                            MoaClient.class,
                            () -> MoaClient.builder()
                                    .app("gateway")
                                    .directory(directory)
                                    .build());
                    // the first gateway that closes would take the event loops of all with it
                    beans.registerBean(ReactorResourceFactory.class, () -> {
                        ReactorResourceFactory own = new ReactorResourceFactory();
                        own.setUseGlobalResources(false);
                        return own;
                    });
                })
                .run(arguments.toArray(String[]::new));
    }

    /** Starts it with {@code settings} as {@code name=value}. */
    public static RunningGateway start(String... settings) {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--moa.statistics.enabled=false"));
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        return new RunningGateway(arguments);
    }

    public StaticDirectory directory() {
        return directory;
    }

    public int port() {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    @Override
    public void close() {
        context.close();
    }
}
