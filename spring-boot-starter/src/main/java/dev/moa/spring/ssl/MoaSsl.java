package dev.moa.spring.ssl;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * The TLS of this application, a bean. A bundle that changes counts for connections from then on; nothing is restarted.
 *
 * @param server what the moa port speaks; null for plain TCP
 * @param client by what others are called that speak TLS; null for not at all. One of the JDK's provider
 * @param required whether nobody is called without TLS
 */
public record MoaSsl(@Nullable SslContext server, @Nullable SslContext client, boolean required) {

    private static final Logger log = LoggerFactory.getLogger(MoaSsl.class);
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** Plain TCP everywhere. */
    public static final MoaSsl NONE = new MoaSsl(null, null, false);

    /**
     * Returns TLS for a port.
     *
     * @param setting the setting that names the bundle, for messages
     * @throws InvalidConfigurationPropertyValueException if the bundle cannot be used for a port
     */
    public static SslContext server(SslBundles bundles, String setting, String name, ClientAuth clientAuth) {
        SslBundle bundle = bundle(bundles, setting, name);
        if (bundle.getStores().getKeyStore() == null) {
            throw new InvalidConfigurationPropertyValueException(
                    setting,
                    name,
                    "The bundle has no key. Set spring.ssl.bundle.pem.%s.keystore.certificate and .private-key, or spring.ssl.bundle.jks.%s.keystore.location."
                            .formatted(name, name));
        }
        if (clientAuth != ClientAuth.NONE && bundle.getStores().getTrustStore() == null) {
            throw new InvalidConfigurationPropertyValueException(
                    setting,
                    name,
                    "Clients are asked for certificates, and the bundle does not say whose. Set spring.ssl.bundle.pem.%s.truststore.certificate, or spring.ssl.bundle.jks.%s.truststore.location."
                            .formatted(name, name));
        }
        Managers managers = managers(bundles, setting, name, bundle);
        return build(
                setting,
                name,
                bundle.getOptions(),
                SslContextBuilder.forServer(managers.keys)
                        .trustManager(managers.trust)
                        .clientAuth(clientAuth));
    }

    /**
     * Returns TLS to the ports of others.
     *
     * @param setting the setting that names the bundle, for messages
     * @param verifyHostname whether a certificate must name the host that is called
     * @throws InvalidConfigurationPropertyValueException if there is no such bundle, or Java refuses it
     */
    public static SslContext client(SslBundles bundles, String setting, String name, boolean verifyHostname) {
        SslBundle bundle = bundle(bundles, setting, name);
        Managers managers = managers(bundles, setting, name, bundle);
        return build(
                setting,
                name,
                bundle.getOptions(),
                SslContextBuilder.forClient()
                        .keyManager(managers.keys)
                        .trustManager(managers.trust)
                        .endpointIdentificationAlgorithm(verifyHostname ? "HTTPS" : null));
    }

    /** Returns by what HTTPS is asked; null for whatever the JVM trusts. */
    public @Nullable SSLContext https() {
        return client instanceof JdkSslContext ofJava ? ofJava.context() : null;
    }

    private record Managers(RenewedKeys keys, RenewedTrust trust) {}

    private static Managers managers(SslBundles bundles, String setting, String name, SslBundle bundle) {
        Managers managers = new Managers(new RenewedKeys(keys(bundle)), new RenewedTrust(trust(bundle)));
        bundles.addBundleUpdateHandler(name, renewed -> {
            managers.keys.become(keys(renewed));
            managers.trust.become(trust(renewed));
            log.info("{}: the bundle {} has changed, which counts for connections from now on", setting, name);
        });
        return managers;
    }

    private static SslBundle bundle(SslBundles bundles, String setting, String name) {
        if (!bundles.getBundleNames().contains(name)) {
            throw new InvalidConfigurationPropertyValueException(
                    setting,
                    name,
                    "There is no such bundle (there are: %s). Set spring.ssl.bundle.pem.%s.* or spring.ssl.bundle.jks.%s.*."
                            .formatted(bundles.getBundleNames(), name, name));
        }
        return bundles.getBundle(name);
    }

    private static SslContext build(String setting, String name, SslOptions options, SslContextBuilder builder) {
        try {
            String[] protocols = options.getEnabledProtocols();
            String[] ciphers = options.getCiphers();
            return builder.sslProvider(SslProvider.JDK)
                    .protocols(protocols == null ? PROTOCOLS : List.of(protocols))
                    .ciphers(ciphers == null ? null : List.of(ciphers))
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException(
                    setting, name, "Java does not take the bundle: %s.".formatted(e.getMessage()), e);
        }
    }

    private static X509ExtendedKeyManager keys(SslBundle bundle) {
        return first(X509ExtendedKeyManager.class, bundle.getManagers().getKeyManagers());
    }

    private static X509ExtendedTrustManager trust(SslBundle bundle) {
        return first(X509ExtendedTrustManager.class, bundle.getManagers().getTrustManagers());
    }

    private static <T> T first(Class<T> type, Object[] managers) {
        return Arrays.stream(managers)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "%s (expected: a %s among them)".formatted(Arrays.toString(managers), type.getSimpleName())));
    }
}
