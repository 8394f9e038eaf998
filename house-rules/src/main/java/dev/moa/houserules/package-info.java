/** The rules that every moa module's own tests run: start at {@link dev.moa.houserules.HouseRules}. */
@NullMarked
package dev.moa.houserules;

import org.jspecify.annotations.NullMarked;
