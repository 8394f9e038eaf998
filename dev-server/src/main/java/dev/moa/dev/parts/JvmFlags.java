package dev.moa.dev.parts;

import dev.moa.dev.jdk.Jdk;
import java.util.ArrayList;
import java.util.List;

/**
 * The JVM flags of the children: nine JVMs share one laptop, so each gets the collector with the smallest footprint,
 * small stacks and a bounded heap. An app that runs out of memory ends and is started again.
 */
final class JvmFlags {
    private JvmFlags() {}

    static List<String> app(Jdk jdk, String heap) {
        List<String> flags = common(jdk, heap);
        flags.add("-XX:MaxMetaspaceSize=192m");
        flags.add("-XX:ReservedCodeCacheSize=64m");
        flags.add("-XX:MaxDirectMemorySize=64m");
        if (jdk.feature() >= 24) {
            // fast methods begin on event loops (docs/architecture.md)
            flags.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        }
        return flags;
    }

    static List<String> kafka(Jdk jdk, String heap) {
        List<String> flags = common(jdk, heap);
        // a broker of this size waits for disk and network: the second compiler would only cost memory
        flags.add("-XX:TieredStopAtLevel=1");
        return flags;
    }

    private static List<String> common(Jdk jdk, String heap) {
        List<String> flags = new ArrayList<>();
        flags.add("-Xmx" + heap);
        // the default begins with the largest heap on a big machine, and uses its young third before it first collects
        flags.add("-Xms24m");
        flags.add("-Xmn12m");
        flags.add("-Xss512k");
        flags.add("-XX:+UseSerialGC");
        flags.add("-XX:+ExitOnOutOfMemoryError");
        flags.add("-Dfile.encoding=UTF-8");
        if (jdk.hasCompactHeaders()) {
            flags.add("-XX:+UseCompactObjectHeaders");
        }
        if (jdk.feature() >= 24) {
            // Netty and the compression libraries bind native code; the JDK warns about each otherwise
            flags.add("--enable-native-access=ALL-UNNAMED");
            flags.add("--sun-misc-unsafe-memory-access=allow");
        }
        return flags;
    }
}
