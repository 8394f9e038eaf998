package dev.moa.benchmarks.rivals;

import dev.moa.benchmarks.load.Echo;
import dev.moa.benchmarks.load.LoadProcess;
import dev.moa.benchmarks.load.Ports;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/** Apache Dubbo without a registry: {@code server dubbo|tri} or {@code client dubbo|tri PORT}. */
public final class DubboPeer {

    private DubboPeer() {}

    /** @param arguments which end, which protocol, and for a client the port */
    public static void main(String[] arguments) throws Exception {
        String protocol = arguments[1];
        ApplicationConfig application = new ApplicationConfig("bench-" + arguments[0]);
        application.setQosEnable(false);
        DubboBootstrap dubbo =
                DubboBootstrap.getInstance().application(application).registry(new RegistryConfig("N/A"));
        if (arguments[0].equals("server")) {
            int port = Ports.free();
            ProtocolConfig settings = new ProtocolConfig(protocol, port);
            settings.setHost("127.0.0.1");
            settings.setSerialization("hessian2");
            ServiceConfig<Echo> service = new ServiceConfig<>();
            service.setInterface(Echo.class);
            service.setRef(new Echo.Service());
            dubbo.protocol(settings).service(service).start();
            LoadProcess.server(port);
        } else {
            ReferenceConfig<Echo> reference = new ReferenceConfig<>();
            reference.setInterface(Echo.class);
            reference.setUrl("%s://127.0.0.1:%s/%s?serialization=hessian2"
                    .formatted(protocol, arguments[2], Echo.class.getName()));
            reference.setConnections(1);
            reference.setRetries(0);
            reference.setTimeout(5_000);
            dubbo.reference(reference).start();
            LoadProcess.client(reference.get());
        }
    }
}
