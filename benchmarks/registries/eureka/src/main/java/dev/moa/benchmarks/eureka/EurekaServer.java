package dev.moa.benchmarks.eureka;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;

/** A server with its own defaults; it knows no other. */
@SpringBootApplication
@EnableEurekaServer
public class EurekaServer {

    public static void main(String[] arguments) {
        SpringApplication.run(EurekaServer.class, arguments);
    }
}
