package dev.moa.dev.stub;

import java.util.Locale;

/** The languages that a stub can be in. */
public enum StubLanguage {
    PHP,
    PYTHON,
    TYPESCRIPT;

    /** @throws IllegalArgumentException if there is no such language */
    public static StubLanguage of(String name) {
        for (StubLanguage language : values()) {
            if (language.lowerCase().equals(name.toLowerCase(Locale.ROOT))) {
                return language;
            }
        }
        throw new IllegalArgumentException("--lang: %s (expected: php, python or typescript)".formatted(name));
    }

    String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }

    Language phrases(StubModel model) {
        return switch (this) {
            case PHP -> new Php(model);
            case PYTHON -> new Python(model);
            case TYPESCRIPT -> new TypeScript(model);
        };
    }
}
