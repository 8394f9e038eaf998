/**
 * What the console needs: its files, the platform's apps behind one address, and how each of them is. Start at
 * {@link dev.moa.gateway.console.ConsoleConfiguration}.
 */
@NullMarked
package dev.moa.gateway.console;

import org.jspecify.annotations.NullMarked;
