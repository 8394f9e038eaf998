package dev.moa.benchmarks.sofa;

import com.alipay.sofa.rpc.config.ConsumerConfig;
import com.alipay.sofa.rpc.config.ProviderConfig;
import com.alipay.sofa.rpc.config.ServerConfig;
import dev.moa.benchmarks.load.Echo;
import dev.moa.benchmarks.load.LoadProcess;
import dev.moa.benchmarks.load.Ports;

/** SOFARPC over Bolt with Hessian, without a registry: {@code server} or {@code client PORT}. */
public final class SofaPeer {

    private SofaPeer() {}

    /** @param arguments which end, and for a client the port */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("server")) {
            int port = Ports.free();
            ServerConfig server =
                    new ServerConfig().setProtocol("bolt").setHost("127.0.0.1").setPort(port);
            new ProviderConfig<Echo>()
                    .setInterfaceId(Echo.class.getName())
                    .setRef(new Echo.Service())
                    .setServer(server)
                    .export();
            LoadProcess.server(port);
        } else {
            Echo echo = new ConsumerConfig<Echo>()
                    .setInterfaceId(Echo.class.getName())
                    .setProtocol("bolt")
                    .setDirectUrl("bolt://127.0.0.1:" + arguments[1])
                    .setTimeout(5_000)
                    .refer();
            LoadProcess.client(echo);
        }
    }
}
