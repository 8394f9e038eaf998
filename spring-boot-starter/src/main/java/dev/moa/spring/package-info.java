/**
 * moa in a Spring Boot application: publish a bean with {@link dev.moa.spring.MoaService}, call a service
 * through {@link dev.moa.spring.MoaReference}. Start at {@link dev.moa.spring.MoaAutoConfiguration}.
 */
@NullMarked
package dev.moa.spring;

import org.jspecify.annotations.NullMarked;
