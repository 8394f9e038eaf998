package dev.moa.parallel.http;

import dev.moa.parallel.batch.BatchProperties;
import java.time.Duration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Tells the web layer how results are written, and to wait for them as long as a batch may take. */
@Configuration(proxyBeanMethods = false)
class HttpConfiguration implements WebMvcConfigurer {
    /** The batch ends itself, with an answer for each call; whoever waits for it must not give up first. */
    private static final Duration BEHIND_THE_LONGEST_BATCH = Duration.ofSeconds(10);

    private final BatchProperties limits;

    HttpConfiguration(BatchProperties limits) {
        this.limits = limits;
    }

    @Override
    public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
        configurer.setDefaultTimeout(
                limits.maxTimeout().plus(BEHIND_THE_LONGEST_BATCH).toMillis());
    }

    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
        builder.addCustomConverter(new BatchResultWriter());
    }
}
