from fastapi import FastAPI

sub = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


@sub.get("/inside")
def inside():
    return {}
