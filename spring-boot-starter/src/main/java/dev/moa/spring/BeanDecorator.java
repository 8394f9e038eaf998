package dev.moa.spring;

/** As a bean: stands before the methods of every published bean, on the thread that runs them. */
public interface BeanDecorator {

    /** Returns what is published in the place of {@code bean}. */
    <T> T decorate(Class<T> type, T bean);
}
