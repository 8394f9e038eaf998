package dev.moa.registry.watch;

import java.util.List;

/**
 * Who watches a service at this registry.
 *
 * @param watches how many do
 * @param behind those who have not been sent a revision yet, at most some
 */
public record Audience(int watches, List<String> behind) {}
