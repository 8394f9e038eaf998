package dev.moa.monitor.live;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The last minutes in memory.
 *
 * @param window How far back they reach; 1 to 15 minutes.
 * @param maxSize The most memory they take; past it they reach less far back.
 */
@ConfigurationProperties("moa.monitor.live")
public record LiveProperties(
        @DefaultValue("5m") Duration window,
        @DefaultValue("16MB") DataSize maxSize) {

    public LiveProperties {
        if (window.toSeconds() < 60 || window.toMinutes() > 15) {
            throw new IllegalArgumentException("moa.monitor.live.window: %s (expected: 1m to 15m)".formatted(window));
        }
    }
}
