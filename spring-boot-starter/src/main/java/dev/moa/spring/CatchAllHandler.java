package dev.moa.spring;

import dev.moa.protocol.CallHandler;

/** As a bean: answers the calls to every service that this process does not publish. Proxies are such beans. */
@FunctionalInterface
public interface CatchAllHandler extends CallHandler {}
