const Product = () => <p>product</p>;
export default Product;
