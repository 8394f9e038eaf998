/** The request and the response object as JSON: start at {@link dev.moa.protocol.json.CallJson}. */
@NullMarked
package dev.moa.protocol.json;

import org.jspecify.annotations.NullMarked;
