"""What a tutorial shows: FastAPI, a list of numbers in JSON, and Keras' predict in the handler."""

import json
import os
from typing import Any

import keras
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

ABOUT = json.loads(os.environ["TAIL"])
app = FastAPI()
model: Any = keras.saving.load_model(ABOUT["keras"], compile=False, safe_mode=True)


class Question(BaseModel):
    """Features [N, ...] as nested lists."""

    features: list[Any]


@app.post("/predict")
async def predict(question: Question) -> dict[str, Any]:
    """Probabilities [N, C]."""
    features = np.array(question.features, np.float32)
    given = [features, np.zeros((len(features), ABOUT["metadata"]), np.float32)] if ABOUT["metadata"] else features
    answer = model.predict(given, verbose=0)
    if isinstance(answer, list):
        answer = answer[model.output_names.index("probabilities")]
    return {"probabilities": answer.tolist()}


uvicorn.run(app, port=int(os.environ["PORT"]))
