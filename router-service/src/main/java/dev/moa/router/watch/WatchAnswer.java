package dev.moa.router.watch;

import dev.moa.protocol.ServiceName;
import dev.moa.router.chain.LookupAnswer;
import java.util.List;

/**
 * What a long poll got.
 *
 * @param token what the client has now, for its next poll
 * @param answers of the services that were stale
 * @param unknown services that nobody knows (any more)
 */
public record WatchAnswer(String token, List<LookupAnswer.Found> answers, List<ServiceName> unknown) {}
