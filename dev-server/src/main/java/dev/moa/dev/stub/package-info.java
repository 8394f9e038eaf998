/** Clients of a service in other languages, written from its OpenAPI document. Start at {@link dev.moa.dev.stub.Stubs}. */
@NullMarked
package dev.moa.dev.stub;

import org.jspecify.annotations.NullMarked;
