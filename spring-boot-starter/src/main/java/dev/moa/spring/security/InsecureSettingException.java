package dev.moa.spring.security;

/** A setting that would leave a door open; the application does not start with it. */
public final class InsecureSettingException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final String todo;

    /**
     * @param problem the setting, its value and what is wrong with it
     * @param todo what to set instead
     */
    public InsecureSettingException(String problem, String todo) {
        super("%s (expected: %s)".formatted(problem, todo));
        this.todo = todo;
    }

    String todo() {
        return todo;
    }
}
