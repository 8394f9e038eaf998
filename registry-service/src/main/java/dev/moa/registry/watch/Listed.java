package dev.moa.registry.watch;

import dev.moa.registry.catalog.Instance;
import org.jspecify.annotations.Nullable;

/** An instance as it was heard, which is read when somebody has to be told of all: most are only passed on. */
final class Listed {
    private String text; // empty once it was read
    private @Nullable Instance instance;

    private Listed(String text, @Nullable Instance instance) {
        this.text = text;
        this.instance = instance;
    }

    /** @param text as it stands in Redis */
    static Listed heard(String text) {
        return new Listed(text, null);
    }

    static Listed read(Instance instance) {
        return new Listed("", instance);
    }

    Instance instance() {
        Instance known = instance;
        if (known == null) {
            known = Instance.parse(text);
            instance = known;
            text = "";
        }
        return known;
    }
}
