package dev.moa.compatibility.clients;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** What the Java programs share: cells to print, and calls that go on while an instance goes. */
final class Cells {

    static final String CALL = env("CALL");
    static final String WHO = env("WHO");
    static final String TOKEN = env("TOKEN");
    static final int PORT = Integer.parseInt(env("PORT"));
    static final int GUARDED_PORT = Integer.parseInt(env("GUARDED_PORT"));
    static final int RESTARTED_PORT = Integer.parseInt(env("RESTARTED_PORT"));
    static final int MOVING_PORT = Integer.parseInt(env("MOVING_PORT"));

    private Cells() {}

    private static String env(String name) {
        String value = System.getenv("MOA_" + name);
        if (value == null) {
            throw new IllegalStateException("MOA_%s: not set (expected: started by CompatibilityIT)".formatted(name));
        }
        return value;
    }

    static void cell(String name, Iterable<? extends CharSequence> values) {
        cell(name, String.join("|", values));
    }

    static void cell(String name, CharSequence value) {
        System.out.println(name + "\t" + value);
    }

    /** Prints what the client says when it is refused, causes included. */
    static void wrong(Callable<String> call) {
        StringBuilder text = new StringBuilder();
        try {
            text.append("taken: ").append(call.call());
        } catch (Exception e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                text.append(cause.getMessage()).append("; ");
            }
        }
        cell("wrong", text.toString().replace('\n', ' '));
    }

    /** Prints how many calls failed until the second instance answers. */
    static void goOn(String name, Callable<String> who) throws Exception {
        who.call();
        System.out.println("ready " + name);
        int failed = 0;
        for (int i = 0; i < 400; i++) {
            try {
                if (who.call().contains("second")) {
                    cell(name, Integer.toString(failed));
                    return;
                }
            } catch (RuntimeException e) {
                failed++;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        cell(name, "the second instance never answered");
    }
}
