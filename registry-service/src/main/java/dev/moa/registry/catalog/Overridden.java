package dev.moa.registry.catalog;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.SortedMap;

/**
 * Says in an instance that it is listed otherwise than it asked for.
 *
 * @param by the overrides, each as {@code id: author: reason}
 * @param status what the instance itself says
 * @param weight what the instance itself says
 * @param tags what the instance itself says
 */
@JsonPropertyOrder({"by", "status", "weight", "tags"})
public record Overridden(List<String> by, InstanceStatus status, int weight, SortedMap<String, String> tags) {}
