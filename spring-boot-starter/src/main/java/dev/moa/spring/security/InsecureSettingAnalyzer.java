package dev.moa.spring.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says why the application does not start, without the stack trace that would bury it. */
final class InsecureSettingAnalyzer extends AbstractFailureAnalyzer<InsecureSettingException> {

    @Override
    protected FailureAnalysis analyze(Throwable root, InsecureSettingException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), "Set: " + cause.todo(), cause);
    }
}
