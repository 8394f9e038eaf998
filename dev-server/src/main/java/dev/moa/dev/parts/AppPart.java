package dev.moa.dev.parts;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One app of the platform or of the demo, as {@code parts.properties} lists it.
 *
 * @param name what people call it
 * @param module the Maven module whose packed app it is
 * @param mainClass its main class; null: the one of the packed app
 * @param ports its ports by name ({@code http}, {@code moa}, …) without any offset
 * @param heap the largest heap of its JVM, as {@code -Xmx} takes it
 * @param jvmFlags further flags of its JVM
 * @param settings Spring properties, with <code>${…}</code> for addresses
 * @param arguments further arguments, with <code>${…}</code> for addresses
 */
public record AppPart(
        String name,
        String module,
        @Nullable String mainClass,
        Map<String, Integer> ports,
        String heap,
        List<String> jvmFlags,
        Map<String, String> settings,
        List<String> arguments) {

    /** Returns it with further Spring properties, which go before its own. */
    public AppPart with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(more);
        return new AppPart(name, module, mainClass, ports, heap, jvmFlags, all, arguments);
    }
}
