package dev.moa.benchmarks.load;

import java.io.Serializable;

/** Ten fields, as a class of the kind that every contender can carry. */
public class Order implements Serializable {
    private static final long serialVersionUID = 1L;

    private long id;
    private String customer = "";
    private String email = "";
    private int quantity;
    private double price;
    private boolean paid;
    private long createdAt;
    private String city = "";
    private String country = "";
    private String note = "";

    /** Returns an order as a shop would have it. */
    public static Order sample() {
        Order order = new Order();
        order.id = 4_711_000_815L;
        order.customer = "Ada Lovelace";
        order.email = "ada@analytical.example";
        order.quantity = 3;
        order.price = 99.95;
        order.paid = true;
        order.createdAt = 1_790_000_000_000L;
        order.city = "London";
        order.country = "GB";
        order.note = "please ring twice";
        return order;
    }

    public long getId() {
        return id;
    }

    public void setId(long id) {
        this.id = id;
    }

    public String getCustomer() {
        return customer;
    }

    public void setCustomer(String customer) {
        this.customer = customer;
    }

    public String getEmail() {
        return email;
    }

    public void setEmail(String email) {
        this.email = email;
    }

    public int getQuantity() {
        return quantity;
    }

    public void setQuantity(int quantity) {
        this.quantity = quantity;
    }

    public double getPrice() {
        return price;
    }

    public void setPrice(double price) {
        this.price = price;
    }

    public boolean isPaid() {
        return paid;
    }

    public void setPaid(boolean paid) {
        this.paid = paid;
    }

    public long getCreatedAt() {
        return createdAt;
    }

    public void setCreatedAt(long createdAt) {
        this.createdAt = createdAt;
    }

    public String getCity() {
        return city;
    }

    public void setCity(String city) {
        this.city = city;
    }

    public String getCountry() {
        return country;
    }

    public void setCountry(String country) {
        this.country = country;
    }

    public String getNote() {
        return note;
    }

    public void setNote(String note) {
        this.note = note;
    }
}
