package dev.moa.protocol.server;

/** A port with {@link HelloHandler} behind it, for benchmarks by hand and for tests that need another process. */
final class HelloPort {

    private HelloPort() {}

    public static void main(String[] args) throws Exception {
        HelloHandler handler = new HelloHandler();
        handler.record = false;
        MoaPort port = MoaPort.builder(handler)
                .port(args.length == 0 ? 6390 : Integer.parseInt(args[0]))
                .build()
                .start();
        System.out.println("READY " + port.port());
        // the parent closes our input when it is done with us
        while (System.in.read() >= 0) {}
        port.close();
    }
}
