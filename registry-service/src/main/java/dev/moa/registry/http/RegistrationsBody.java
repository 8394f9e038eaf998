package dev.moa.registry.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.Registered;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;

/** The body of many registrations, for the API document. */
record RegistrationsBody(List<RegistrationBody> instances) {

    /**
     * The answer, in the order of the registrations.
     *
     * @param moaAddress where to hold a connection; a host of 0.0.0.0 means the one that was asked
     */
    record Results(List<Result> results, @Nullable String moaAddress) {

        /** @param answers each a {@link Registered} or a {@link Refusal} */
        static Results of(List<Object> answers, @Nullable String moaAddress) {
            return new Results(answers.stream().map(Result::of).toList(), moaAddress);
        }
    }

    /** Either is there. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(@Nullable Registered registered, @Nullable ProblemDetail problem) {

        private static Result of(Object answer) {
            return answer instanceof Refusal refusal
                    ? new Result(
                            null, ErrorAdvice.problem(refusal, refusal.code().httpStatus()))
                    : new Result((Registered) answer, null);
        }
    }
}
