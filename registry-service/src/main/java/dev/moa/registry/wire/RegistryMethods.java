package dev.moa.registry.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.Registered;
import dev.moa.registry.catalog.Registration;
import dev.moa.registry.catalog.Renewal;
import dev.moa.registry.catalog.ServiceSnapshot;
import dev.moa.registry.catalog.Written;
import dev.moa.registry.watch.Audience;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code /service/registry} can be asked, for {@code $describe}; {@link RegistryCalls} answers. */
interface RegistryMethods {

    Held hold(List<Lease> leases);

    Registered register(Registration registration);

    Results registerAll(List<Registration> instances);

    Renewal renew(List<Lease> leases);

    Written deregister(String id, long incarnation);

    ServiceSnapshot instances(String service);

    Audience audience(String service, String epoch, long revision);

    /** How long the leases were held, in milliseconds. */
    record Held(long heldMs) {}

    /** What became of many registrations, in their order. */
    record Results(List<Result> results) {

        /** @param answers each a {@link Registered} or a {@link Refusal} */
        static Results of(List<Object> answers) {
            return new Results(answers.stream().map(Result::of).toList());
        }
    }

    /** Either is there. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(@Nullable Registered registered, @Nullable Problem problem) {

        private static Result of(Object answer) {
            return answer instanceof Refusal refusal
                    ? new Result(null, Problem.of(refusal))
                    : new Result((Registered) answer, null);
        }
    }

    /** Why one of many was refused, as a call alone would have been. */
    record Problem(int code, String error, String message, Map<String, Object> details) {

        private static Problem of(Refusal refusal) {
            return new Problem(
                    refusal.code().number(),
                    refusal.code().name(),
                    String.valueOf(refusal.getMessage()),
                    refusal.particulars());
        }
    }
}
