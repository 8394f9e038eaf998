package dev.moa.router.snapshot;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The last good answers and what operators said, on disk.
 *
 * @param directory where the files lie; each router needs its own
 * @param interval the least time between two writes of the file
 * @param maxSize the largest file of each; services that do not fit are left out and counted
 * @param maxAge answers older than this are not given out
 */
@ConfigurationProperties("moa.router.snapshot")
public record SnapshotProperties(
        @DefaultValue(".moa/data/router") Path directory,
        @DefaultValue("2s") Duration interval,
        @DefaultValue("64MB") DataSize maxSize,
        @DefaultValue("24h") Duration maxAge) {}
